# What R's mclust makes of given memberships, for every family and 1 to 6 components, frozen as mclust_families.json:
#
#     Rscript tests/against/mclust_families.R > tests/against/mclust_families.json
#
# For each data set and number of components, labels are those of mclust's hierarchical clustering, and a tenth of each
# membership is spread evenly over all components. Of each family: after one maximisation (mstep) the
# expected log-likelihood of rows and memberships together, which it maximises, and the log-likelihood (estep); the
# latter after ten iterations (me); the number of parameters; and the BIC of the first. Inner iterations are run to a
# tight tolerance; what mclust gives up is null. Only base R and mclust are needed.

suppressMessages(library(mclust))
mclust.options(warn = FALSE)

sets <- list(
  faithful = as.matrix(faithful),
  iris = as.matrix(iris[, 1:4]),
  diabetes = as.matrix(diabetes[, -1]),
  banknote = as.matrix(banknote[, -1]),
  eruptions = faithful[, 1],
  acidity = as.numeric(acidity)
)
several <- c("EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE", "VEE", "EVE", "VVE", "EEV", "VEV", "EVV", "VVV")
spread <- 0.1
iterations <- 10

number <- function(x) if (length(x) != 1 || !is.finite(x)) "null" else sprintf("%.15g", x)
list_of <- function(values, between = ", ") paste0("[", paste(values, collapse = between), "]")
object <- function(names, values, between = ", ") {
  paste0("{", paste0('"', names, '": ', values, collapse = between), "}")
}
attempt <- function(fit) tryCatch(fit, error = function(e) NA)
tight <- function(itmax) emControl(tol = c(0, 1e-14), itmax = c(itmax, 100000))

cell <- function(X, z, code) {
  d <- NCOL(X)
  G <- ncol(z)
  fitted <- attempt(mstep(data = X, modelName = code, z = z, control = tight(1))$parameters)
  once <- attempt(estep(data = X, modelName = code, parameters = fitted)$loglik)
  joint <- attempt(sweep(cdens(data = X, modelName = code, parameters = fitted, logarithm = TRUE), 2, log(fitted$pro), "+"))
  more <- attempt(me(data = X, modelName = code, z = z, control = tight(iterations))$loglik)
  score <- attempt(bic(modelName = code, loglik = once, n = NROW(X), d = d, G = G))
  list_of(c(number(sum(z * joint)), number(once), number(more), nMclustParams(modelName = code, d = d, G = G), number(score)))
}

block <- function(X) {
  codes <- if (is.matrix(X)) several else c("E", "V")
  tree <- hc(X, modelName = if (is.matrix(X)) "VVV" else "V")
  numbers <- vapply(1:6, function(G) {
    labels <- as.integer(hclass(tree, G))
    z <- (1 - spread) * outer(labels, 1:G, "==") + spread / G
    cells <- vapply(codes, function(code) cell(X, z, code), "")
    object(c("labels", codes), c(paste0('"', paste(labels - 1, collapse = ""), '"'), cells))
  }, "")
  rows <- apply(as.matrix(X), 1, function(row) list_of(vapply(row, number, "")))
  object(c("rows", 1:6), c(list_of(rows), numbers), ",\n    ")
}

cat(object(
  c("R", "mclust", "spread", "iterations", "sets"),
  c(
    paste0('"', R.version$major, ".", R.version$minor, '"'),
    paste0('"', packageVersion("mclust"), '"'),
    spread,
    iterations,
    paste0("\n  ", object(names(sets), vapply(sets, block, ""), ",\n  "))
  )
), "\n", sep = "")
