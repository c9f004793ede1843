"""Names within the labels of a signed codebook."""

#: Under this name stand the answers of the random sample, beside the labels of each answer.
AUDIT = "audit"
