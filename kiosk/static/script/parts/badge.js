// <bike-badge>: a badge's secret stands behind the # of its address; it is sent, and leaves the history.
class BikeBadge extends HTMLElement {
  connectedCallback() {
    addEventListener("hashchange", () => this.send());
    this.send();
  }

  send() {
    const code = location.hash.slice(1);
    if (!code) return;
    history.replaceState(null, "", location.pathname);
    const form = this.querySelector("form");
    form.elements.code.value = code;
    form.requestSubmit();
  }
}

customElements.define("bike-badge", BikeBadge);
