// A chart may be drawn after this script runs, or be replaced, so it is looked up when the pointer enters it.
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
