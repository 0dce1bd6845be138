"""Orders of many customers -> a frozen, dated model -> what to expect of one customer, each figure with its reason.

Purchases are BG/NBD (Fader, Hardie, Lee 2005), their worth is gamma-gamma (Fader, Hardie 2013), fitted by maximum
likelihood with scipy. Pure: the same orders and the same date give the same model.
"""
