"""What counts as an AI posting: tiers, presets and the text matcher behind them."""
