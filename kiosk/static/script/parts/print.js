// <bike-print>: a button that prints the page, where there is a script to do so.
class BikePrint extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => print());
  }
}

customElements.define("bike-print", BikePrint);
