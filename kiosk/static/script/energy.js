// What only the page of the battery needs: its curves.
import "./parts/chart.js";
