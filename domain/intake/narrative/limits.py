"""How far is a cell searched, and how much may it hold? (読み取りの上限)

The cells come from outside; with these bounds the time grows with the length of the text.
"""

# A cell that names more than this is no list of frameworks; the rest is left to the reader.
MOST_FRAMEWORKS = 40
LONGEST_NAME, LONGEST_FIELD = 100, 40
# What stands further from a name than this does not speak of it.
FAR = 300
LONGEST_BULLET = 2000
# The most municipalities a prefecture has is 179 (北海道, without 北方領土).
MOST_MUNICIPALITIES = 179
