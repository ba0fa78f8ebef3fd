# Products with weights by whatever libtorch takes for them: the same functions as products_onednn.py has, for graphics
# processors and for processors that oneDNN does not know.
#
# x [N, I], w [O, I], dy [N, O], all of one type; gradients are fp32 always.

def pack(w: Tensor) -> Tensor:
  return w

# x w^T
def linear(x: Tensor, packed: Tensor) -> Tensor:
  return torch.linear(x, packed)

# residual + x w^T; the residual is fp32.
def add_linear(residual: Tensor, x: Tensor, packed: Tensor) -> Tensor:
  if ops.prim.dtype(x) == 6:
    total = torch.addmm(residual, x, torch.t(packed))
  else:
    total = torch.add(residual, torch.linear(x, packed))
  return total

# dy w
def input_gradient(dy: Tensor, w: Tensor) -> Tensor:
  return torch.mm(dy, w)

# gradient += dy^T x
def add_weight_gradient(gradient: Tensor, dy: Tensor, x: Tensor) -> None:
  if ops.prim.dtype(x) == 6:
    torch.addmm_(gradient, torch.t(dy), x)
  else:
    torch.add_(gradient, torch.mm(torch.t(dy), x))
  return None
