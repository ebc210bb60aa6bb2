// <bike-chart of="ID" figure="NAME">: draws the figures that a table in a live region carries, minutes ago to now.
import uPlot from "uplot";

const INKS = ["#a5371c", "#1b6b8f", "#16764a"];
const HEIGHT = 190;
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
    const name = this.getAttribute("figure");
    const told = this.region.querySelector(`[data-${name}]`);
    this.hidden = !told;
    if (!told) return;
    const figure = JSON.parse(told.dataset[name]);
    if (this.plot && this.plot.series.length !== 1 + 2 * figure.curves.length) {
      this.plot.destroy();
      this.plot = undefined;
    }
    this.plot ??= new uPlot({ ...this.size(), ...options(figure) }, [], this);
    this.plot.setData(columns(figure));
  }
}

// Minutes, then each curve with its target, all as long as the longest.
function columns({ step_s: step, curves }) {
  const length = Math.max(...curves.map(({ past }) => past.length));
  const minutes = Array.from({ length }, (_, index) => ((index - length + 1) * step) / 60);
  const lines = curves.flatMap(({ past, target }) => [
    [...Array(length - past.length).fill(null), ...past],
    Array(length).fill(target),
  ]);
  return [minutes, ...lines];
}

function options({ curves, minutes, every, unit, least, most }) {
  const inks = INKS.slice(0, curves.length);
  const grid = { stroke: "#e6d6b8", width: 1 };
  const axis = { stroke: "#4d626b", font: FONT, grid, ticks: { show: false } };
  const highest = (high) => most ?? Math.max(least, (high ?? 0) * 1.1);
  return {
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-minutes, 0] },
      y: { range: (_, low, high) => [Math.min(0, low ?? 0), highest(high)] },
    },
    axes: [
      {
        ...axis,
        size: 32,
        incrs: [every],
        values: (_, ticks) => ticks.map((tick) => (tick ? `−${-tick}` : "0 min")),
      },
      { ...axis, size: 52, values: (_, ticks) => ticks.map((tick) => `${tick}${unit}`) },
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
