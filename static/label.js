// Labels answers by keyboard and without a page load between two; without scripts the form does it.
"use strict";
(() => {
  let busy = false;
  const desk = () => document.getElementById("label-desk");
  const boxes = (key) => {
    const row = document.querySelector(`.theme-key[data-key="${CSS.escape(key)}"]`);
    return row ? row.querySelectorAll("input") : [];
  };
  const choose = (box) => {
    box.checked = !box.checked;
    settle(box);
  };
  // Raised and unsure exclude one another.
  const settle = (box) => {
    if (!box.checked) return;
    box.closest(".theme-key").querySelectorAll("input").forEach((other) => {
      if (other !== box) other.checked = false;
    });
  };
  const send = async (form) => {
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), credentials: "same-origin",
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("label-desk");
      // What the script cannot show is shown by the browser itself, with its words of what to do.
      if (!answer.ok || !fresh) { form.submit(); return; }
      desk().replaceWith(document.adoptNode(fresh));
      history.replaceState(null, "", answer.url);
      const text = document.querySelector(".answer-text");
      if (text) text.focus({ preventScroll: true });
      desk().dataset.ready = "yes";
    } catch (_fault) {
      form.submit();
    } finally {
      busy = false;
    }
  };
  document.addEventListener("submit", (event) => {
    const elsewhere = event.submitter && event.submitter.hasAttribute("formaction");
    if (!elsewhere && ["label-form", "undo-form"].includes(event.target.id)) {
      event.preventDefault();
      send(event.target);
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest(".theme-key")) settle(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest("textarea, select, input:not([type=checkbox])");
    const form = document.getElementById("label-form");
    if (typing || !form) return;
    if (event.key === "?") {
      const help = document.getElementById("label-help");
      help.open = !help.open;
    } else if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
      send(form);
    } else if (event.key === "u") {
      send(document.getElementById("undo-form"));
    } else {
      const digit = /^Digit(\d)$/.exec(event.code);
      const [yes, unsure] = boxes(digit ? digit[1] : event.key.toLowerCase());
      if (!yes) return;
      choose(event.shiftKey ? unsure : yes);
    }
    event.preventDefault();
  });
})();
