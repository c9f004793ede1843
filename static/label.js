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
      const open = ["label-meanings", "label-help"].filter(
        (id) => document.querySelector(`#${id}[open]`));
      desk().replaceWith(document.adoptNode(fresh));
      open.forEach(toggle);
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
  // What a key stands for: digits by their place, since some keyboards write them with Shift only;
  // letters as the key writes them (AZERTY, QWERTZ), by their place where it writes no Latin letter.
  const sign = (event) => {
    const digit = /^Digit(\d)$/.exec(event.code);
    if (digit) return digit[1];
    const key = event.key.toLowerCase();
    if (/^[a-z0-9]$/.test(key)) return key;
    const letter = /^Key([A-Z])$/.exec(event.code);
    return letter ? letter[1].toLowerCase() : key;
  };
  const asksForHelp = (event) =>
    ["?", "؟"].includes(event.key) || (event.shiftKey && event.code === "Slash");
  const toggle = (id) => {
    const part = document.getElementById(id);
    if (part) part.open = !part.open;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest("textarea, select, input:not([type=checkbox])");
    const form = document.getElementById("label-form");
    if (typing || !form) return;
    const pressed = sign(event);
    const [yes, unsure] = boxes(pressed);
    if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
      send(form);
    } else if (yes) {
      choose(event.shiftKey ? unsure : yes);
    } else if (asksForHelp(event)) {
      toggle("label-help");
    } else if (pressed === "u") {
      send(document.getElementById("undo-form"));
    } else if (pressed === "d") {
      toggle("label-meanings");
    } else {
      return;
    }
    event.preventDefault();
  });
})();
