// <bike-camera src every>: shows the picture of a camera beside the bike while a person wants it and the page is seen.
class BikeCamera extends HTMLElement {
  connectedCallback() {
    this.picture = this.querySelector("img");
    [this.more, this.less] = [this.querySelector("a"), this.querySelector("button")];
    this.more.addEventListener("click", (event) => {
      event.preventDefault();
      this.show(true);
      this.less.focus();
    });
    this.less.addEventListener("click", () => {
      this.show(false);
      this.more.focus();
    });
    document.addEventListener("visibilitychange", () => document.hidden && this.show(false));
    addEventListener("pagehide", () => this.show(false));
  }

  show(wanted) {
    clearInterval(this.timer);
    this.more.hidden = wanted;
    this.less.hidden = this.picture.hidden = !wanted;
    if (!wanted) return this.picture.removeAttribute("src"); // a stream ends with its picture
    this.fetch();
    const every = Number(this.getAttribute("every"));
    if (every) this.timer = setInterval(() => this.fetch(), every * 1000);
  }

  // A browser asks again only for an address that it has not seen.
  fetch() {
    const address = new URL(this.getAttribute("src"));
    if (Number(this.getAttribute("every"))) address.searchParams.set("now", Date.now());
    this.picture.src = address.href;
  }
}

customElements.define("bike-camera", BikeCamera);
