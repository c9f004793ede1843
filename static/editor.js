// Shows a question in the frame beside its form while it is written; without scripts a button does.
"use strict";
(() => {
  const form = document.getElementById("editor-form");
  if (!form) return;
  const wait = 700;
  let timer = 0;
  const show = () => {
    const button = form.querySelector("button[formtarget]");
    if (button) form.requestSubmit(button);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, wait);
  });
})();
