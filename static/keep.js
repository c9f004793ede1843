// Keeps a page that cannot be sent: without a connection the browser would show its own error page.
"use strict";
(() => {
  const word = document.querySelector("[data-offline]");
  if (!word) return;
  word.closest("form").addEventListener("submit", (event) => {
    word.hidden = navigator.onLine;
    if (!navigator.onLine) event.preventDefault();
  });
  addEventListener("online", () => { word.hidden = true; });
})();
