// A chart may come later than this, and another may come in its place: it is met when something points at it.
addEventListener("pointerover", ({ target }) => {
  const plot = target.closest?.(".st-key-curves_chart .js-plotly-plot");
  if (!plot?.on || plot.fvappIsolates) return;
  plot.fvappIsolates = true;
  const show = (uid) => {
    for (const trace of plot.querySelectorAll(".scatterlayer .trace")) {
      trace.classList.toggle("fvapp-other", uid !== null && !trace.classList.contains(`trace${uid}`));
    }
  };
  plot.on("plotly_hover", ({ points }) => show(points[0].fullData.uid));
  plot.on("plotly_unhover", () => show(null));
});

export default function () {}
