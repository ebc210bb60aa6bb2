// <bike-chart of="ID">: draws the figures that the table in a live region carries, minutes ago to now.
import uPlot from "uplot";

const INKS = ["#a5371c", "#1b6b8f", "#16764a"];
const HEIGHT = 190;
const MINUTES = 10;
const FONT = "13px system-ui";

class BikeChart extends HTMLElement {
  connectedCallback() {
    this.region = document.getElementById(this.getAttribute("of"));
    new MutationObserver(() => this.follow()).observe(this.region, { childList: true });
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this);
    this.follow();
  }

  size() {
    return { width: Math.max(this.clientWidth, 200), height: HEIGHT };
  }

  follow() {
    const told = this.region.querySelector("[data-curves]");
    if (!told) return;
    const { step_s: step, curves } = JSON.parse(told.dataset.curves);
    if (this.plot && this.plot.series.length !== 1 + 2 * curves.length) {
      this.plot.destroy();
      this.plot = undefined;
    }
    this.plot ??= new uPlot({ ...this.size(), ...options(curves.length) }, [], this);
    this.plot.setData(columns(step, curves));
  }
}

// Minutes, then each curve with its target, all as long as the longest.
function columns(step, curves) {
  const length = Math.max(...curves.map(({ past }) => past.length));
  const minutes = Array.from({ length }, (_, index) => ((index - length + 1) * step) / 60);
  const lines = curves.flatMap(({ past, target }) => [
    [...Array(length - past.length).fill(null), ...past],
    Array(length).fill(target),
  ]);
  return [minutes, ...lines];
}

function options(count) {
  const inks = INKS.slice(0, count);
  const grid = { stroke: "#e6d6b8", width: 1 };
  const axis = { stroke: "#4d626b", font: FONT, grid, ticks: { show: false } };
  return {
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-MINUTES, 0] },
      y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(60, (high ?? 0) * 1.1)] },
    },
    axes: [
      { ...axis, size: 32, incrs: [2], values: (_, ticks) => ticks.map((tick) => (tick ? `−${-tick}` : "0 min")) },
      { ...axis, size: 44, values: (_, ticks) => ticks.map((tick) => `${tick}°`) },
    ],
    series: [
      {},
      ...inks.flatMap((stroke) => [
        { stroke, width: 2.5, points: { show: false } },
        { stroke, width: 1.5, dash: [6, 5], points: { show: false } },
      ]),
    ],
  };
}

customElements.define("bike-chart", BikeChart);
