# Freezes what mclust's hierarchical clustering and the EM that begins there find, for test_mclust_hierarchy.py.
# Run as: Rscript mclust_hierarchy.R > mclust_hierarchy.json

suppressMessages(library(mclust))
library(jsonlite)
data(faithful); data(iris); data(diabetes); data(banknote); data(wreath)
sets <- list(
  faithful = faithful, iris = iris[, 1:4], diabetes = diabetes[, 2:4], banknote = banknote[, 2:7]
)

# Rounded data have many equal costs, and mclust decides those by the order in which it holds its groups. A ten
# thousandth of a deviation, fixed, leaves none.
untied <- function(X) {
  at <- outer(seq_len(nrow(X)), seq_len(ncol(X)), function(i, j) sin(7919 * i + 104729 * j))
  X + 1e-4 * at * rep(apply(X, 2, sd), each = nrow(X))
}

labels <- function(X, use, model) {
  found <- hclass(hc(X, modelName = model, use = use), 2:6)
  apply(found, 2, paste, collapse = "")
}

start <- function(X, k) {
  fitted <- me(X, modelName = "VVV", z = unmap(hclass(hc(X, use = "SVD"), k)))
  if (is.null(fitted$loglik)) NA else fitted$loglik
}

answer <- list(versions = list(
  R = paste(R.version$major, R.version$minor, sep = "."), mclust = as.character(packageVersion("mclust"))
))
for (name in names(sets)) {
  X <- unname(as.matrix(sets[[name]]))
  Z <- untied(X)
  cases <- list()
  for (use in c("VARS", "STD", "SPH", "PCS", "PCR", "SVD")) cases[[paste(use, "VVV")]] <- unname(labels(Z, use, "VVV"))
  for (model in c("EII", "VII")) cases[[paste("SVD", model)]] <- unname(labels(Z, "SVD", model))
  answer[[name]] <- list(
    rows = X, untied = cases, tied = unname(labels(X, "SVD", "VVV")), log_likelihood = sapply(2:6, function(k) start(X, k))
  )
}
# More rows than the others have, and none equal.
X <- unname(as.matrix(wreath))
answer$wreath <- list(rows = X, many = labels(X, "SVD", "VVV"))
cat(toJSON(answer, digits = 10, auto_unbox = TRUE, na = "null"))
