"""The catalogue as a CSV file: written in a stream, looked at before it counts, read back.

A line is a bottle. The first line of a product also says the product; its other lines may leave
those cells empty. A column that is not there changes nothing; an empty cell of one that is there
empties what it names. What is written reads back to the same state, and a file that is read twice
changes nothing the second time. Pictures and stock are not in it.
"""
