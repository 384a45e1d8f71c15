# What R's mclust chooses on its own examples, and what its bootstraps say: Rscript tests/against/mclust_selection.R
# Writes mclust_selection.json beside this file. BIC has mclust's sign there: the higher the better.
suppressMessages({library(mclust); library(jsonlite)})

data(banknote); data(diabetes)
sets <- list(
  faithful = as.matrix(faithful),
  iris = as.matrix(iris[, 1:4]),
  diabetes = as.matrix(diabetes[, -1]),
  banknote = as.matrix(banknote[, -1])
)
choices <- lapply(sets, function(X) {
  table <- mclustBIC(X, G = 1:9, verbose = FALSE)
  best <- summary(table, X)
  list(X = unname(X), families = colnames(table), bic = unname(unclass(table)[1:9, ]),
       family = best$modelName, n_components = best$G)
})

set.seed(1)
test <- mclustBootstrapLRT(sets$faithful, modelName = "VVV", nboot = 999, verbose = FALSE)
likelihood_ratio <- list(family = "VVV", statistics = as.numeric(test$obs), p_values = as.numeric(test$p.value),
                         means = colMeans(test$boot), deviations = apply(test$boot, 2, sd))

model <- Mclust(sets$faithful, G = 2, modelNames = "VVV", verbose = FALSE)
standard_errors <- list()
for (type in c("bs", "wlbs", "pb", "jk")) {
  set.seed(1)
  errors <- summary(MclustBootstrap(model, nboot = 999, type = type, verbose = FALSE), what = "se")
  standard_errors[[type]] <- list(weights = as.numeric(errors$pro), means = unname(t(errors$mean)),
                                  covariances = unname(aperm(errors$variance, c(3, 1, 2))))
}

here <- sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))
out <- list(
  versions = list(R = R.version.string, mclust = as.character(packageVersion("mclust"))),
  choices = choices, likelihood_ratio = likelihood_ratio,
  parameters = list(weights = model$parameters$pro, means = unname(t(model$parameters$mean)),
                    covariances = unname(aperm(model$parameters$variance$sigma, c(3, 1, 2)))),
  standard_errors = standard_errors
)
writeLines(toJSON(out, digits = 10, na = "null", auto_unbox = TRUE), file.path(dirname(here), "mclust_selection.json"))
