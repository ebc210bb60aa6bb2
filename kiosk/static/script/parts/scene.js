// A part on its bed, drawn only when something changes. Millimetres, Z up.
import {
  AmbientLight,
  Box3,
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  DirectionalLight,
  DoubleSide,
  EdgesGeometry,
  GridHelper,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshLambertMaterial,
  PerspectiveCamera,
  Scene,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { STLLoader } from "three/addons/loaders/STLLoader.js";
import { weld } from "./weld.js";

const PART = 0xe8684a;
const EDGE = 0x6d1f0b;
const SHARP_DEGREES = 25;
const OUTSIDE = 0xc02020;

const MOST_EDGED = 60000; // triangles: beyond, finding the edges takes longer than a child waits

export class PartScene {
  constructor(canvas, shape, bed) {
    this.canvas = canvas;
    this.bed = bed;
    this.renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(35, 1, 1, 4000);
    this.camera.up.set(0, 0, 1);
    this.addLights();
    this.addBed(bed);
    this.addPart(shape);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enablePan = false;
    this.controls.maxPolarAngle = Math.PI / 2 - 0.03;
    this.controls.addEventListener("change", () => this.ask());
    this.look(new Box3().setFromObject(this.part), bed);
  }

  addLights() {
    const sun = new DirectionalLight(0xffffff, 2.4);
    sun.position.set(-120, -260, 400);
    this.scene.add(sun, new AmbientLight(0xfff4e0, 1.5));
  }

  addBed([width, depth]) {
    const plate = new Mesh(new BoxGeometry(width, depth, 4), new MeshLambertMaterial({ color: 0x35515d }));
    plate.position.set(width / 2, depth / 2, -2.1);
    const grid = new GridHelper(width, width / 20, 0x7fa0aa, 0x54717d);
    grid.rotation.x = Math.PI / 2;
    grid.position.set(width / 2, depth / 2, 0.02);
    grid.scale.z = depth / width;
    this.scene.add(plate, grid);
  }

  addPart(shape) {
    const [width, depth] = this.bed;
    const { places, index } = weld(new STLLoader().parse(shape).attributes.position.array);
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(places, 3));
    geometry.setIndex(new BufferAttribute(index, 1));
    geometry.computeBoundingBox();
    const { min, max } = geometry.boundingBox;
    // The slicer puts every part in the middle of the bed, standing on it.
    geometry.translate((width - min.x - max.x) / 2, (depth - min.y - max.y) / 2, -min.z);
    const outside = max.x - min.x > width || max.y - min.y > depth;
    const material = new MeshLambertMaterial({ color: outside ? OUTSIDE : PART, side: DoubleSide, flatShading: true });
    material.polygonOffset = true; // lets the lines of the edges win
    material.polygonOffsetFactor = material.polygonOffsetUnits = 1;
    this.part = new Mesh(geometry, material);
    if (index.length / 3 <= MOST_EDGED) {
      this.part.add(new LineSegments(new EdgesGeometry(geometry, SHARP_DEGREES), new LineBasicMaterial({ color: EDGE })));
    }
    this.scene.add(this.part);
  }

  // Another part on the same bed, seen from where the child looks.
  replacePart(shape) {
    this.scene.remove(this.part);
    release(this.part);
    this.addPart(shape);
    this.ask();
  }

  look(box, [width, depth]) {
    const middle = box.getCenter(new Vector3());
    const size = Math.max(box.getSize(new Vector3()).length(), Math.min(width, depth) * 0.34);
    this.controls.target.copy(middle);
    this.camera.position.copy(middle).add(new Vector3(-0.35, -1.25, 0.95).multiplyScalar(size * 1.25));
    this.controls.minDistance = size * 0.5;
    this.controls.maxDistance = Math.max(width, depth) * 4;
    this.controls.update();
  }

  resize(width, height) {
    if (!width || !height) return;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.draw();
  }

  turn(angle) {
    this.camera.position.sub(this.controls.target).applyAxisAngle(new Vector3(0, 0, 1), angle).add(this.controls.target);
    this.controls.update();
    this.draw();
  }

  // One picture a frame, however often something changes.
  ask() {
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.renderer.render(this.scene, this.camera);
  }

  dispose() {
    cancelAnimationFrame(this.frame);
    this.controls.dispose();
    release(this.scene);
    this.renderer.dispose();
  }
}

function release(things) {
  things.traverse((thing) => {
    thing.geometry?.dispose();
    thing.material?.dispose?.();
  });
}
