// Everything a page of the bike needs: each part is a custom element or an attribute, and does nothing without it.
import "./parts/live.js";
import "./parts/draft.js";
import "./parts/send.js";
import "./parts/model.js";
import "./parts/slider.js";
import "./parts/upload.js";
import "./parts/preview.js";
import "./parts/settings.js";
import "./parts/layers.js";
import "./parts/stage.js";
import "./parts/print.js";
import "./parts/go.js";
import "./parts/speak.js";
import "./parts/idle.js";
