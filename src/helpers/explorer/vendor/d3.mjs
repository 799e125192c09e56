// Everything the explorer takes from d3; "npm run bundle" makes the global `d3` from it.
export { axisBottom, axisLeft } from "d3-axis";
export { scaleBand, scaleLinear, scaleLog } from "d3-scale";
export { select } from "d3-selection";
export { area, line } from "d3-shape";
