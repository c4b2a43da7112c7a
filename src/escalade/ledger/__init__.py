"""Where spending is written: spans, calls and budgets. Facts only; every total is derived from them."""
