// <bike-stop>: the form goes out by itself; this only says that no answer came. It never stands in its way.
const PATIENCE_MS = 2000;

class BikeStop extends HTMLElement {
  connectedCallback() {
    this.words = document.querySelector("[data-no-answer]");
    this.addEventListener("submit", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => (this.words.hidden = false), PATIENCE_MS);
    });
    addEventListener("pageshow", (event) => event.persisted && this.calm());
  }

  calm() {
    clearTimeout(this.timer);
    this.words.hidden = true;
  }
}

customElements.define("bike-stop", BikeStop);
