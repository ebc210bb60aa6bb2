// <bike-preview src bed>: the object in 3D on the machine's bed; the picture inside stays when there is no WebGL.
class BikePreview extends HTMLElement {
  async connectedCallback() {
    if (this.scene || !hasWebGL()) return;
    try {
      const [{ PartScene }, shape] = await Promise.all([import("./scene.js"), fetchShape(this.getAttribute("src"))]);
      if (!this.isConnected) return;
      this.show(PartScene, shape);
    } catch (error) {
      console.warn("The 3D view could not start; the picture stays.", error);
    }
  }

  show(PartScene, shape) {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", this.querySelector("img").alt);
    this.scene = new PartScene(canvas, shape, this.getAttribute("bed").split(" ").map(Number));
    root.append(canvas, this.turner("left", "↺", -1), this.turner("right", "↻", 1));
    this.observer = new ResizeObserver(() => this.scene.resize(this.clientWidth, this.clientHeight));
    this.observer.observe(this);
  }

  turner(side, sign, direction) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = side;
    button.textContent = sign;
    button.setAttribute("aria-label", this.getAttribute(side));
    button.addEventListener("click", () => this.scene.turn((direction * Math.PI) / 6));
    return button;
  }

  disconnectedCallback() {
    this.observer?.disconnect();
    this.scene?.dispose();
  }
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { position: relative; }
  canvas { display: block; width: 100%; height: 100%; touch-action: none; border-radius: inherit; }
  button { position: absolute; bottom: 16px; width: 60px; height: 60px; border: 0; border-radius: 50%;
    background: #fffdf8; color: #1d3540; font: 700 30px/1 system-ui, sans-serif; cursor: pointer; }
  .left { left: 16px; } .right { right: 16px; }
  button:focus-visible { outline: 4px solid #1d3540; outline-offset: 3px; }
`);

async function fetchShape(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`no shape: ${answer.status}`);
  return answer.arrayBuffer();
}

function hasWebGL() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

customElements.define("bike-preview", BikePreview);
