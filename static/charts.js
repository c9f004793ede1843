// Draws the figures of a page from its JSON block. The tables beside them hold the same numbers.
"use strict";
(() => {
  const source = document.getElementById("charts");
  if (!source || !window.Plotly) return;
  const figures = JSON.parse(source.textContent);
  const ink = getComputedStyle(document.body).color;
  const draw = (place) => {
    const figure = figures[place.dataset.figure];
    if (!figure) return;
    figure.layout.font = { ...figure.layout.font, color: ink };
    window.Plotly.newPlot(place, figure.data, figure.layout, {
      displayModeBar: false, responsive: true,
    });
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) { watcher.unobserve(entry.target); draw(entry.target); }
    }
  }, { rootMargin: "400px" });
  document.querySelectorAll("[data-figure]").forEach((place) => watcher.observe(place));
})();
