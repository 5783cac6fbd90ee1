"""The list that most screens are: its entries, their rows, its filter, its order, and the words for an empty one."""
