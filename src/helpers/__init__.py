"""Everything the notebooks call: models, simulation, exports, evidence, figures and controls."""
