// The libraries, from their jars; pom.xml names the same versions.

export {
  html, render, useEffect, useLayoutEffect, useMemo, useRef, useState,
} from '/_static/htm/3.1.1/preact/standalone.module.js';
export {default as uPlot} from '/webjars/uplot/1.6.30/dist/uPlot.esm.js';
