# Products with weights by oneDNN, for processors that it knows. On many it is twice as fast as the BLAS that
# torch.linear takes for fp32, and weights in its own order are read faster still, in narrow batches above all.
#
# x [N, I], w [O, I], dy [N, O], all of one type; gradients are fp32 always.

def pack(w: Tensor) -> Tensor:
  return ops.mkldnn._reorder_linear_weight(w, 64)

# x w^T
def linear(x: Tensor, packed: Tensor) -> Tensor:
  return ops.mkldnn._linear_pointwise(x, packed, None, "none", annotate(List[Optional[number]], []), "")

# residual + x w^T; the residual is fp32.
def add_linear(residual: Tensor, x: Tensor, packed: Tensor) -> Tensor:
  if ops.prim.dtype(x) == 6:
    total = ops.mkldnn._linear_pointwise(x, residual, packed, None, "add")
  else:
    total = torch.add(residual, __torch__.products.linear(x, packed))
  return total

# dy w
def input_gradient(dy: Tensor, w: Tensor) -> Tensor:
  return __torch__.products.linear(dy, torch.t(w))

# gradient += dy^T x, some rows of it at a time, so that the product is added while it is in the cache.
def add_weight_gradient(gradient: Tensor, dy: Tensor, x: Tensor) -> None:
  rows = 1 + 4194304 // torch.size(x, 1)
  for i in range((torch.size(gradient, 0) + rows - 1) // rows):
    part = torch.t(torch.slice(dy, 1, i * rows, (i + 1) * rows))
    if ops.prim.dtype(x) == 6:
      product = __torch__.products.linear(part, torch.t(x))
    else:
      product = torch.mm(part, x)
    torch.add_(torch.slice(gradient, 0, i * rows, (i + 1) * rows), product)
  return None
