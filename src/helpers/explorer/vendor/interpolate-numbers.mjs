// Stands in for d3-interpolate when bundling: our scales map numbers to pixels, never colours or dates,
// and leaving those out makes the bundle a quarter smaller.
export const interpolateNumber = (a, b) => (t) => a * (1 - t) + b * t;
export const interpolate = interpolateNumber;
export const interpolateRound = (a, b) => (t) => Math.round(a * (1 - t) + b * t);
export const piecewise = null; // named by scales that are not in the bundle
