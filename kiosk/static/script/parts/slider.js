// <bike-slider>: a range, a number and two buttons that say the same; the number is what the form sends.
class BikeSlider extends HTMLElement {
  connectedCallback() {
    this.range = this.querySelector("input[type=range]");
    this.number = this.querySelector("input[type=number]");
    this.range.addEventListener("input", () => this.set(this.range.value));
    this.number.addEventListener("input", () => this.number.value && (this.range.value = this.number.value));
    this.number.addEventListener("change", () => this.choose(this.number.value || this.range.value));
    for (const button of this.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.choose(Number(this.number.value) + button.dataset.step * this.stride()));
    }
  }

  // Thirty taps lead from one end to the other, in whole steps of the setting.
  stride() {
    const step = Number(this.range.step);
    return step * Math.max(1, Math.round((this.range.max - this.range.min) / step / 30));
  }

  set(value) {
    this.number.value = Number(Number(value).toFixed(2));
  }

  // The range keeps a value within its ends and on its steps.
  choose(value) {
    this.range.value = value;
    this.range.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("bike-slider", BikeSlider);
