"""Everything the notebooks call: models, simulation, exports, evidence, figures and the live control."""
