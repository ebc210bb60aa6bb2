// <bike-stage>: the object or its layers; without script both stand one below the other.
class BikeStage extends HTMLElement {
  connectedCallback() {
    this.dataset.view = "object";
    for (const button of this.querySelectorAll("[data-show]")) {
      button.addEventListener("click", () => this.show(button.dataset.show));
    }
  }

  show(view) {
    this.dataset.view = view;
    for (const button of this.querySelectorAll("[data-show]")) {
      button.setAttribute("aria-pressed", String(button.dataset.show === view));
    }
  }
}

customElements.define("bike-stage", BikeStage);
