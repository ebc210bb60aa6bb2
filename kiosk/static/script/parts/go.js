// <bike-go to>: a live region that shows it sends the page on.
class BikeGo extends HTMLElement {
  connectedCallback() {
    location.replace(this.getAttribute("to"));
  }
}

customElements.define("bike-go", BikeGo);
