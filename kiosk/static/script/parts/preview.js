// <bike-preview src bed>: the object in 3D on the machine's bed; the picture inside stays when there is no WebGL.
const KEEP_MS = 2000;
let kept; // the view that a redraw took away: the next one goes on with it, from where the child looked

class BikePreview extends HTMLElement {
  async connectedCallback() {
    if (this.scene || !webGL()) return;
    this.adopt();
    try {
      const [{ PartScene }, shape] = await Promise.all([import("./scene.js"), fetchShape(this.getAttribute("src"))]);
      if (!this.isConnected) return;
      if (this.scene) this.scene.replacePart(shape);
      else this.show(new PartScene(canvasFor(this), shape, this.getAttribute("bed").split(" ").map(Number)));
    } catch (error) {
      console.warn("The 3D view could not start; the picture stays.", error);
    }
  }

  adopt() {
    if (kept?.bed !== this.getAttribute("bed")) return;
    clearTimeout(kept.timer);
    const { scene } = kept;
    kept = undefined;
    this.show(scene);
  }

  show(scene) {
    this.scene = scene;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(scene.canvas, this.turner("left", "↺", -1), this.turner("right", "↻", 1));
    this.observer = new ResizeObserver(() => scene.resize(this.clientWidth, this.clientHeight));
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
    if (!this.scene) return;
    kept?.scene.dispose();
    const mine = { scene: this.scene, bed: this.getAttribute("bed") };
    mine.timer = setTimeout(() => {
      mine.scene.dispose();
      if (kept === mine) kept = undefined;
    }, KEEP_MS);
    kept = mine;
    this.scene = undefined;
  }
}

function canvasFor(preview) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", preview.querySelector("img").alt);
  return canvas;
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

let able;

function webGL() {
  if (able !== undefined) return able;
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  able = Boolean(context);
  return able;
}

customElements.define("bike-preview", BikePreview);
