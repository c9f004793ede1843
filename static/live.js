// Keeps the progress of running work current; without scripts a reload does the same.
"use strict";
(() => {
  const wait = 4000;
  const look = async () => {
    const place = document.querySelector("[data-live]");
    if (!place) return;
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (!fresh) { location.reload(); return; }
      place.replaceWith(fresh);
    }
    setTimeout(look, wait);
  };
  setTimeout(look, wait);
})();
