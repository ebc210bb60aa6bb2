// What only the page of one machine needs: its buttons, its pad, its curves.
import "./parts/machine.js";
import "./parts/jog.js";
import "./parts/chart.js";
import "./parts/camera.js";
