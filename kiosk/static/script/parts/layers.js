// <bike-layers src flat follow>: a program as it grows, by a slider, or behind the machine; else its picture stays.
import { readPaths } from "./paths.js";
import { Painter } from "./layer_painter.js";

const FEW = 8; // with fewer layers, and on a mill, the slider goes along the way of the tool

class BikeLayers extends HTMLElement {
  async connectedCallback() {
    this.canvas = this.querySelector("canvas");
    this.share = this.share ?? 1;
    try {
      const answer = await fetch(this.getAttribute("src"));
      if (!answer.ok) throw new Error(`no paths: ${answer.status}`);
      const layers = readPaths(await answer.arrayBuffer());
      if (!this.isConnected || !layers.length) return;
      this.start(layers);
    } catch (error) {
      console.warn("The layers cannot be drawn; the picture stays.", error);
    }
  }

  start(layers) {
    this.layers = layers;
    this.painter = new Painter(this.canvas, layers, this.hasAttribute("flat"));
    this.total = layers.reduce((sum, layer) => sum + layer.steps, 0);
    this.querySelector("img").hidden = true;
    this.canvas.hidden = false;
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this);
    if (!this.hasAttribute("follow")) this.control();
    this.fit();
  }

  control() {
    const controls = this.querySelector("[data-controls]");
    const range = controls.querySelector("input");
    const counted = this.layers.length >= FEW && !this.hasAttribute("flat");
    range.max = counted ? this.layers.length : 100;
    range.value = range.max;
    const show = () => {
      this.show(counted ? this.shareOf(Number(range.value)) : range.value / 100);
      controls.querySelector("output").textContent = counted ? `${range.value} / ${range.max}` : `${range.value} %`;
    };
    range.addEventListener("input", show);
    for (const button of controls.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => {
        range.value = Number(range.value) + Number(button.dataset.step) * Math.max(1, Math.round(range.max / 40));
        show();
      });
    }
    controls.hidden = false;
    show();
  }

  shareOf(count) {
    return this.layers.slice(0, count).reduce((sum, layer) => sum + layer.steps, 0) / this.total;
  }

  // How far the machine is, 0 to 1.
  show(share) {
    this.share = share;
    if (!this.painter) return;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.painter.paint(share * this.total));
  }

  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !clientHeight) return;
    const density = Math.min(devicePixelRatio, 2);
    this.painter.resize(Math.round(clientWidth * density), Math.round(clientHeight * density));
    this.show(this.share);
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.frame);
    this.observer?.disconnect();
  }
}

// <bike-at share>: a live region that tells the layers of its page how far the machine is.
class BikeAt extends HTMLElement {
  connectedCallback() {
    const share = Number(this.getAttribute("share"));
    for (const layers of document.querySelectorAll("bike-layers[follow]")) {
      if (layers.show) layers.show(share);
      else layers.share = share;
    }
  }
}

customElements.define("bike-layers", BikeLayers);
customElements.define("bike-at", BikeAt);
