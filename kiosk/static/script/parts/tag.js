// <bike-tag for>: writes the typed word on the drawn tag, narrower when it is long.
const ROOM = 330;

class BikeTag extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.field.addEventListener("input", () => this.write());
    document.fonts?.ready.then(() => this.write());
    this.write();
  }

  write() {
    for (const text of this.querySelectorAll("text")) {
      text.removeAttribute("textLength");
      text.textContent = this.field.value;
      if (text.getComputedTextLength() > ROOM) {
        text.setAttribute("textLength", ROOM);
        text.setAttribute("lengthAdjust", "spacingAndGlyphs");
      }
    }
  }
}

customElements.define("bike-tag", BikeTag);
