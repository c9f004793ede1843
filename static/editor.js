// Shows a question in the frame beside its form while it is written; without scripts a button does.
"use strict";
(() => {
  const form = document.getElementById("editor-form");
  const frame = document.querySelector("iframe[name=sample]");
  if (!form || !frame) return;
  const wait = 600;
  let timer = 0;
  let latest = 0;
  const show = async () => {
    const mine = ++latest;
    const answer = await fetch(form.dataset.preview, {
      method: "POST", body: new FormData(form), credentials: "same-origin",
    });
    if (!answer.ok || mine !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = frame.contentDocument && frame.contentDocument.querySelector("main");
    const fresh = page.querySelector("main");
    if (shown && fresh) shown.replaceWith(frame.contentDocument.adoptNode(fresh));
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, wait);
  });
})();
