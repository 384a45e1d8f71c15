# Freeze what mclust's MclustDR finds on iris: run as Rscript tests/against/mclust_projection.R
suppressPackageStartupMessages(library(mclust))

numbers <- function(values) paste0("[", paste(formatC(values, digits = 17, format = "g"), collapse = ", "), "]")

X <- as.matrix(iris[, 1:4])
fit <- Mclust(X, G = 3, modelNames = "VVV", verbose = FALSE)
cases <- sapply(c(1, 0.5, 0), function(lambda) {
  found <- MclustDR(fit, lambda = lambda)
  sprintf(
    '    {"lambda": %g, "n_directions": %d, "eigenvalues": %s, "directions_by_column": %s}',
    lambda, found$numdir, numbers(found$evalues[seq_len(found$numdir)]), numbers(found$basis)
  )
})
cat(
  "{\n",
  sprintf('  "mclust": "%s",\n  "R": "%s",\n', packageVersion("mclust"), getRversion()),
  sprintf('  "weights": %s,\n', numbers(fit$parameters$pro)),
  sprintf('  "means_by_component": %s,\n', numbers(fit$parameters$mean)),
  sprintf('  "covariances_by_component": %s,\n', numbers(fit$parameters$variance$sigma)),
  '  "cases": [\n', paste(cases, collapse = ",\n"), "\n  ]\n}\n",
  sep = "", file = "tests/against/mclust_projection.json"
)
