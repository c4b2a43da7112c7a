"""What is drawn. Each module says what one figure shows; `rows` and `marks` draw it. No number is computed here."""
