"""What the levers change until 2050: need, staff and gap of every carrier (将来シミュレーション).

For discussion, not for prediction. Hours are conserved, and so are people: whoever takes over
work needs staff for it. `world` holds places and years, `processes` the work, `assumptions` the
numbers it rests on, `levers` what is done, `engine` works it out, `outcome` adds it up.
"""
