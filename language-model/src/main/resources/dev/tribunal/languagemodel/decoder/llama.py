# A decoder of the Llama family: forward, backward, decoding, and the gradient optimizer's step.
#
# The text is TorchScript as libtorch reads it from an archive. One call does a whole pass. The backward pass is
# written out by hand: gradients add up in place, and what is kept for it is chosen here.
#
# Letters of the shapes: N tokens of all sequences, packed one after another without padding; D hidden size;
# H query heads and K key-value heads of width W, query head h reading key-value head h / (H / K); F intermediate size;
# V vocabulary; R rows that go through the head; B sequences of a padded block, T queries and S keys in each.
#
# weights: 0 embedding [V, D]; 1 last norm [D]; 2 head, [V, D] (the embedding itself where tied) or [L, D] (scores of L
# labels); then for each layer, from 3 + 10 * layer: norm [D]; query, key and value in one [(H + 2 K) W, D]; output
# [D, H W]; norm [D]; gate and up in one [2 F, D]; down [D, F]; and, empty where the architecture has none, the biases
# of query, key and value in one [(H + 2 K) W]; output's bias [D]; the norms of query heads [W] and of key heads [W].
# gradients are the same, or empty. packed are the weights again, matrices in the order that products like best.
#
# windowed says of each layer whether a query there sees only the last keys up to its own, as many as window.
#
# Matrices, and what they are multiplied with, are of the compute type, fp32 or bf16. Vectors, the residual stream,
# softmax and gradients are fp32 always.
#
# An adapter (LoRA, arXiv 2106.09685) adds scaling * x A^T B^T to some of the outputs of a product x W^T. For each of the
# weights, adapter is empty, or holds the A of all its slices on top of each other, [slices * rank, in], and then the
# slices' B, [out, rank] each; adapter_outputs says where each slice's outputs begin, after a 0 for A. The weights are
# then frozen: gradients is empty, and adapter_gradients is like adapter.
class Llama(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  key_value_heads : int
  head_width : int
  padding_id : int
  epsilon : float
  compute_type : int
  recompute : bool
  window : int
  windowed : List[bool]
  weights : List[Tensor]
  packed : List[Tensor]
  gradients : List[Tensor]
  adapter : List[List[Tensor]]
  adapter_gradients : List[List[Tensor]]
  adapter_outputs : List[List[int]]
  adapter_on : bool
  scaling : float
  rotary : List[Tensor]
  cache : List[Tensor]

  # vectors and matrices: rows from which the vectors and the matrices are taken; one row of all weights in fp32.
  # gradient: a row likewise, or empty. parts [P, 4]: of each weight its offset in the row of matrices, its rows, its
  # columns, 0 for a vector, and a vector's offset in the row of vectors. rotary: cosines and sines, [positions, W / 2] each.
  def bind(self: __torch__.Llama, vectors: Tensor, matrices: Tensor, gradient: Tensor, parts: Tensor,
           rotary: List[Tensor]) -> None:
    self.weights = annotate(List[Tensor], [])
    self.gradients = annotate(List[Tensor], [])
    self.rotary = rotary
    for i in range(torch.size(parts, 0)):
      size = [int(parts[i][1])]
      offset = int(parts[i][3])
      end = offset + size[0]
      row = vectors
      if int(parts[i][2]) > 0:
        size += [int(parts[i][2])]
        offset = int(parts[i][0])
        end = offset + size[0] * size[1]
        row = matrices
      self.weights += [torch.view(torch.slice(row, 0, offset, end), size)]
      if torch.size(gradient, 0) > 0:
        self.gradients += [torch.view(torch.slice(gradient, 0, offset, end), size)]
    return None

  # matrices: the adapter's in a row, of the compute type. gradient: a row likewise, in fp32, or empty. parts [P, 5]: of
  # each of an adapted weight's matrices, A first, the weight, the matrix's offset in the row, its rows, its columns, and
  # where its outputs begin.
  def bind_adapter(self: __torch__.Llama, matrices: Tensor, gradient: Tensor, parts: Tensor, scaling: float) -> None:
    self.scaling = scaling
    self.adapter_on = True
    self.adapter = annotate(List[List[Tensor]], [])
    self.adapter_gradients = annotate(List[List[Tensor]], [])
    self.adapter_outputs = annotate(List[List[int]], [])
    for w in range(torch.len(self.weights)):
      self.adapter += [annotate(List[Tensor], [])]
      self.adapter_gradients += [annotate(List[Tensor], [])]
      self.adapter_outputs += [annotate(List[int], [])]
    for i in range(torch.size(parts, 0)):
      w = int(parts[i][0])
      offset = int(parts[i][1])
      size = [int(parts[i][2]), int(parts[i][3])]
      end = offset + size[0] * size[1]
      torch.append(self.adapter[w], torch.view(torch.slice(matrices, 0, offset, end), size))
      torch.append(self.adapter_outputs[w], int(parts[i][4]))
      if torch.size(gradient, 0) > 0:
        torch.append(self.adapter_gradients[w], torch.view(torch.slice(gradient, 0, offset, end), size))
    return None

  # Off, it is the model without its adapter.
  def switch_adapter(self: __torch__.Llama, on: bool) -> None:
    self.adapter_on = on
    return None

  # angles of tokens that have their own, cosines and sines [N, W / 2], go after those of all positions.
  def append_angles(self: __torch__.Llama, rotary: List[Tensor], angles: List[Tensor]) -> None:
    self.rotary = [torch.cat([rotary[0], angles[0]]), torch.cat([rotary[1], angles[1]])]
    return None

  # To be called once the weights have changed: all of them in a row, and matrices as in bind. The embedding is looked
  # up, not multiplied with.
  def refresh(self: __torch__.Llama, row: Tensor, matrices: Tensor) -> None:
    if ops.prim.dtype(matrices) != ops.prim.dtype(row):
      torch.copy_(matrices, row)
    packed = self.weights[:1]
    self.packed = annotate(List[Tensor], [])
    for i in range(1, torch.len(self.weights)):
      if torch.dim(self.weights[i]) > 1:
        packed += [__torch__.products.pack(self.weights[i])]
      else:
        packed += [self.weights[i]]
    self.packed = packed
    return None

  # Likewise of an adapter: its row, and matrices as in bind_adapter.
  def refresh_adapter(self: __torch__.Llama, row: Tensor, matrices: Tensor) -> None:
    if ops.prim.dtype(matrices) != ops.prim.dtype(row):
      torch.copy_(matrices, row)
    return None

  # Fails where the products cannot run.
  def try_products(self: __torch__.Llama, like: Tensor) -> Tensor:
    x = self.compute(torch.zeros([16, 16], dtype=6, device=ops.prim.device(like)))
    total = __torch__.products.add_linear(torch.to(x, 6), x, __torch__.products.pack(x))
    __torch__.products.add_weight_gradient(total, __torch__.products.input_gradient(x, x), x)
    return total

  # ---------------------------------------------------------------------------------------------- pieces

  # In the compute type.
  def compute(self: __torch__.Llama, x: Tensor) -> Tensor:
    return torch.to(x, self.compute_type)

  # RMSNorm is x * scale * weight with scale = 1 / sqrt(mean(x^2) + epsilon), [N, 1].
  def norm_scale(self: __torch__.Llama, x: Tensor) -> Tensor:
    length = torch.linalg_vector_norm(x, 2, [-1], True)
    return torch.rsqrt(length * length / torch.size(x, -1) + self.epsilon)

  def norm(self: __torch__.Llama, x: Tensor, scale: Tensor, w: int) -> Tensor:
    return self.compute(torch.mul_(x * scale, self.weights[w]))

  def norm_backward(self: __torch__.Llama, dy: Tensor, x: Tensor, scale: Tensor, w: int) -> Tensor:
    dy = torch.to(dy, 6)
    unit = x * scale
    if torch.len(self.gradients) > 0:
      torch.add_(self.gradients[w], torch.sum(dy * unit, [0]))
    g = dy * torch.to(self.weights[w], 6)
    return torch.mul_(torch.sub_(g, unit * torch.mean(g * unit, [-1], True)), scale)

  # x W^T
  def linear(self: __torch__.Llama, x: Tensor, w: int) -> Tensor:
    return self.adapt_(__torch__.products.linear(x, self.packed[w]), x, w)

  # residual + x W^T
  def add_linear(self: __torch__.Llama, residual: Tensor, x: Tensor, w: int) -> Tensor:
    return self.adapt_(__torch__.products.add_linear(residual, x, self.packed[w]), x, w)

  def linear_backward(self: __torch__.Llama, dy: Tensor, x: Tensor, w: int) -> Tensor:
    if torch.len(self.gradients) > 0:
      __torch__.products.add_weight_gradient(self.gradients[w], dy, x)
    return self.adapt_backward_(__torch__.products.input_gradient(dy, self.weights[w]), dy, x, w)

  # Adds the adapter's part to the outputs y of a product.
  def adapt_(self: __torch__.Llama, y: Tensor, x: Tensor, w: int) -> Tensor:
    if self.adapter_on:
      matrices = self.adapter[w]
      if torch.len(matrices) > 0:
        h = self.adapter_input(x, matrices[0])
        for i in range(1, torch.len(matrices)):
          out, rank = torch.size(matrices[i])
          h_i = torch.slice(h, 1, rank * (i - 1), rank * i)
          self.add_product_(self.adapter_output(y, w, i), h_i, torch.t(matrices[i]))
    return y

  # Adds the adapter's part to the gradient dx at the inputs of a product, and A's and B's to their gradients.
  def adapt_backward_(self: __torch__.Llama, dx: Tensor, dy: Tensor, x: Tensor, w: int) -> Tensor:
    if self.adapter_on:
      matrices = self.adapter[w]
      if torch.len(matrices) > 0:
        h = self.adapter_input(x, matrices[0])
        dh = torch.empty_like(h)
        for i in range(1, torch.len(matrices)):
          out, rank = torch.size(matrices[i])
          h_i = torch.slice(h, 1, rank * (i - 1), rank * i)
          dy_i = self.adapter_output(dy, w, i)
          self.add_product_(self.adapter_gradients[w][i], torch.t(dy_i), h_i)
          torch.copy_(torch.slice(dh, 1, rank * (i - 1), rank * i), torch.mm(dy_i, matrices[i]))
        torch.mul_(dh, self.scaling)
        self.add_product_(self.adapter_gradients[w][0], torch.t(dh), x)
        self.add_product_(dx, dh, matrices[0])
    return dx

  # scaling * x A^T, [N, slices * rank]
  def adapter_input(self: __torch__.Llama, x: Tensor, a: Tensor) -> Tensor:
    return torch.mul_(__torch__.products.linear(x, a), self.scaling)

  # What a slice adapts of a product's outputs.
  def adapter_output(self: __torch__.Llama, y: Tensor, w: int, i: int) -> Tensor:
    first = self.adapter_outputs[w][i]
    return torch.slice(y, 1, first, first + torch.size(self.adapter[w][i], 0))

  # total += a b, where total may be fp32 and the others not.
  def add_product_(self: __torch__.Llama, total: Tensor, a: Tensor, b: Tensor) -> Tensor:
    if ops.prim.dtype(total) == ops.prim.dtype(a):
      torch.addmm_(total, a, b)
    else:
      torch.add_(total, torch.mm(a, b))
    return total

  # A bias is empty where the architecture has none.
  def add_bias_(self: __torch__.Llama, y: Tensor, w: int) -> Tensor:
    if torch.numel(self.weights[w]) > 0:
      torch.add_(y, self.weights[w])
    return y

  def bias_backward(self: __torch__.Llama, dy: Tensor, w: int) -> None:
    if torch.len(self.gradients) > 0:
      if torch.numel(self.weights[w]) > 0:
        torch.add_(self.gradients[w], torch.sum(dy, [0], dtype=6))
    return None

  # Cosines and sines of tokens at positions [N], [N, 1, W / 2] each.
  def turns(self: __torch__.Llama, positions: Tensor) -> List[Tensor]:
    cosine = torch.unsqueeze(torch.index_select(self.rotary[0], 0, positions), 1)
    return [cosine, torch.unsqueeze(torch.index_select(self.rotary[1], 0, positions), 1)]

  # Rotary positions (arXiv 2104.09864), in place on the query and key heads of qkv [N, H + 2 K, W].
  # sign -1 turns back, which is the backward pass of a rotation.
  def rotate_(self: __torch__.Llama, qkv: Tensor, turns: List[Tensor], sign: float) -> Tensor:
    turned = torch.slice(qkv, 1, 0, self.heads + self.key_value_heads)
    a, b = torch.chunk(torch.to(turned, 6), 2, -1)
    turned_a = torch.addcmul_(a * turns[0], b, turns[1], value=-sign)
    turned_b = torch.addcmul_(b * turns[0], a, turns[1], value=sign)
    torch.copy_(turned, torch.cat([turned_a, turned_b], -1))
    return qkv

  # Query heads (which = 0) or key heads (1) of qkv [N, H + 2 K, W].
  def heads_of(self: __torch__.Llama, qkv: Tensor, which: int) -> Tensor:
    return torch.slice(qkv, 1, which * self.heads, self.heads + which * self.key_value_heads)

  # Norms each query and key head, in place, where the architecture does.
  def norm_heads_(self: __torch__.Llama, qkv: Tensor, w: int) -> Tensor:
    if torch.numel(self.weights[w + 8]) > 0:
      for i in range(2):
        heads = self.heads_of(qkv, i)
        wide = torch.to(heads, 6)
        torch.copy_(heads, self.norm(wide, self.norm_scale(wide), w + 8 + i))
    return qkv

  # In place, from the normed heads' gradient to that of the heads; normed is the projection's input, from which they
  # are made again.
  def norm_heads_backward_(self: __torch__.Llama, dqkv: Tensor, normed: Tensor, w: int) -> Tensor:
    if torch.numel(self.weights[w + 8]) > 0:
      qkv = torch.view(self.project(normed, w), torch.size(dqkv))
      for i in range(2):
        d = self.heads_of(dqkv, i)
        heads = torch.to(torch.reshape(self.heads_of(qkv, i), [-1, self.head_width]), 6)
        dheads = self.norm_backward(torch.reshape(d, torch.size(heads)), heads, self.norm_scale(heads), w + 8 + i)
        torch.copy_(d, torch.view(dheads, torch.size(d)))
    return dqkv

  # Queries, keys and values of normed tokens [N, D], before anything is done to a head: [N, (H + 2 K) W].
  def project(self: __torch__.Llama, normed: Tensor, w: int) -> Tensor:
    return self.add_bias_(self.linear(normed, w + 1), w + 6)

  def queries_keys_values(self: __torch__.Llama, x: Tensor, scale: Tensor, turns: List[Tensor], w: int) -> Tensor:
    qkv = torch.view(self.project(self.norm(x, scale, w), w), [torch.size(x, 0), -1, self.head_width])
    return self.rotate_(self.norm_heads_(qkv, w), turns, 1.0)

  # dqkv [N, H + 2 K, W] -> the gradient at the layer's normed input, [N, D].
  def queries_keys_values_backward(self: __torch__.Llama, dqkv: Tensor, x: Tensor, scale: Tensor, turns: List[Tensor],
                                   w: int) -> Tensor:
    normed = self.norm(x, scale, w)
    dheads = self.norm_heads_backward_(self.rotate_(dqkv, turns, -1.0), normed, w)
    dprojected = torch.view(dheads, [torch.size(x, 0), -1])
    self.bias_backward(dprojected, w + 6)
    return self.linear_backward(dprojected, normed, w + 1)

  # ---------------------------------------------------------------------------------------------- attention

  # What is added to the scores of S keys, [.., S]: 0 for the keys before end [.., 1] that are within the window (0:
  # there is none), minus infinity for the others.
  def mask(self: __torch__.Llama, keys: int, end: Tensor, window: int) -> Tensor:
    key = torch.arange(keys, dtype=4, device=ops.prim.device(end))
    hidden = torch.ge(key, end)
    if window > 0:
      hidden = torch.logical_or(hidden, torch.lt(key, end - window))
    return torch.masked_fill(torch.zeros(torch.size(hidden), dtype=6, device=ops.prim.device(end)), hidden, -inf)

  # Packed tokens attend in padded blocks. A block's places: for query heads [B H T], key heads [B K S] and value heads
  # [B K S] the row in qkv [N (H + 2 K), W], and what is added to its scores, [B, 1, T, S]: 0 or minus infinity.
  # First of all stands, for every token and query head, its row in the blocks' outputs, [N H].
  #
  # batch: first [2, N], where a token's first head stands in the outputs and how far apart its heads are; then for each
  # block query tokens [B, T], key tokens [B, S] and how many keys a query sees if there is no window, [B, T].
  def places(self: __torch__.Llama, batch: List[Tensor], window: int) -> List[Tensor]:
    per_token = self.heads + 2 * self.key_value_heads
    device = ops.prim.device(batch[0])
    q = torch.arange(self.heads, dtype=4, device=device)
    k = torch.unsqueeze(torch.arange(self.key_value_heads, dtype=4, device=device), 1) + self.heads
    out = torch.unsqueeze(batch[0][0], 1) + torch.unsqueeze(batch[0][1], 1) * q
    result = [torch.reshape(out, [-1])]
    for i in range((torch.len(batch) - 1) // 3):
      queries = torch.unsqueeze(batch[1 + 3 * i], 1) * per_token + torch.unsqueeze(q, 1)
      keys = torch.unsqueeze(batch[2 + 3 * i], 1) * per_token + k
      added = self.mask(torch.size(keys, 2), torch.unsqueeze(batch[3 + 3 * i], -1), window)
      keys = torch.reshape(keys, [-1])
      result += [torch.reshape(queries, [-1]), keys, keys + self.key_value_heads, torch.unsqueeze(added, 1)]
    return result

  # For each layer its places: those of the layers that see everything, or those of the layers with a window.
  def layer_places(self: __torch__.Llama, batch: List[Tensor]) -> List[List[Tensor]]:
    everything = self.places(batch, 0)
    within = everything
    if self.window > 0:
      within = self.places(batch, self.window)
    result = annotate(List[List[Tensor]], [])
    for l in range(self.layers):
      if self.windowed[l]:
        result += [within]
      else:
        result += [everything]
    return result

  # Queries of a block, [B K, (H / K) T, W].
  def block_queries(self: __torch__.Llama, heads: Tensor, places: List[Tensor], block: int) -> Tensor:
    added = places[4 + 4 * block]
    q = torch.index_select(heads, 0, places[1 + 4 * block])
    rows = torch.size(added, 0) * self.key_value_heads
    return torch.view(q, [rows, -1, self.head_width])

  # Keys (which = 2) or values (3) of a block, [B K, S, W].
  def block_keys(self: __torch__.Llama, heads: Tensor, places: List[Tensor], block: int, which: int) -> Tensor:
    k = torch.index_select(heads, 0, places[which + 4 * block])
    return torch.view(k, [-1, torch.size(places[4 + 4 * block], 3), self.head_width])

  # softmax(q k^T / sqrt(W) + added), [B K, (H / K) T, S].
  def attention_weights(self: __torch__.Llama, q: Tensor, k: Tensor, added: Tensor) -> Tensor:
    products = torch.bmm(q, torch.transpose(k, 1, 2))
    size = [torch.size(added, 0), self.heads, torch.size(added, 2), torch.size(added, 3)]
    scores = torch.add(added, torch.view(products, size), alpha=self.head_width ** -0.5)
    return torch.softmax(torch.view(scores, torch.size(products)), -1)

  # qkv [N, H + 2 K, W] -> [N, H W]
  def attention(self: __torch__.Llama, qkv: Tensor, places: List[Tensor]) -> Tensor:
    heads = torch.view(qkv, [-1, self.head_width])
    outputs = annotate(List[Tensor], [])
    for i in range((torch.len(places) - 1) // 4):
      q = self.block_queries(heads, places, i)
      p = self.attention_weights(q, self.block_keys(heads, places, i, 2), places[4 + 4 * i])
      outputs += [torch.view(torch.bmm(self.compute(p), self.block_keys(heads, places, i, 3)), [-1, self.head_width])]
    packed = torch.index_select(torch.cat(outputs), 0, places[0])
    return torch.view(packed, [torch.size(qkv, 0), -1])

  # The weights are computed again: keeping them would cost memory quadratic in the length.
  def attention_backward(self: __torch__.Llama, dy: Tensor, qkv: Tensor, places: List[Tensor]) -> Tensor:
    heads = torch.view(qkv, [-1, self.head_width])
    dheads = torch.zeros_like(heads)
    outputs = 0
    for i in range((torch.len(places) - 1) // 4):
      outputs = outputs + torch.size(places[1 + 4 * i], 0)
    padded = torch.zeros([outputs, self.head_width], dtype=self.compute_type, device=ops.prim.device(dy))
    torch.index_add_(padded, 0, places[0], torch.view(dy, [-1, self.head_width]))
    at = 0
    for i in range((torch.len(places) - 1) // 4):
      q = self.block_queries(heads, places, i)
      k = self.block_keys(heads, places, i, 2)
      v = self.block_keys(heads, places, i, 3)
      p = self.attention_weights(q, k, places[4 + 4 * i])
      end = at + torch.size(places[1 + 4 * i], 0)
      do = torch.view(torch.slice(padded, 0, at, end), torch.size(q))
      dv = torch.bmm(torch.transpose(self.compute(p), 1, 2), do)
      dp = torch.to(torch.bmm(do, torch.transpose(v, 1, 2)), 6)
      ds = self.compute(torch.mul_(torch._softmax_backward_data(dp, p, -1, 6), self.head_width ** -0.5))
      dq = torch.bmm(ds, k)
      dk = torch.bmm(torch.transpose(ds, 1, 2), q)
      torch.index_add_(dheads, 0, places[1 + 4 * i], torch.view(dq, [-1, self.head_width]))
      torch.index_add_(dheads, 0, places[2 + 4 * i], torch.view(dk, [-1, self.head_width]))
      torch.index_add_(dheads, 0, places[3 + 4 * i], torch.view(dv, [-1, self.head_width]))
      at = end
    return torch.view(dheads, torch.size(qkv))

  # ---------------------------------------------------------------------------------------------- layers

  # SwiGLU with its residual: x + down(silu(gate) * up). gate_up [N, 2 F].
  def feed_forward(self: __torch__.Llama, x: Tensor, gate_up: Tensor, w: int) -> Tensor:
    gate, up = torch.chunk(gate_up, 2, -1)
    return self.add_linear(x, torch.mul_(torch.silu(gate), up), w + 5)

  # x [N, D] -> [N, D]; appends to kept what layer_backward needs beside x.
  def layer(self: __torch__.Llama, l: int, x: Tensor, turns: List[Tensor], places: List[Tensor],
            kept: List[Tensor]) -> Tensor:
    w = 3 + 10 * l
    scale = self.norm_scale(x)
    qkv = self.queries_keys_values(x, scale, turns, w)
    attended = self.attention(qkv, places)
    middle = self.add_bias_(self.add_linear(x, attended, w + 2), w + 7)
    middle_scale = self.norm_scale(middle)
    gate_up = self.linear(self.norm(middle, middle_scale, w + 3), w + 4)
    kept += [scale, qkv, attended, middle, middle_scale, gate_up]
    return self.feed_forward(middle, gate_up, w)

  def layer_backward(self: __torch__.Llama, l: int, dy: Tensor, turns: List[Tensor], places: List[Tensor],
                     kept: List[Tensor]) -> Tensor:
    w = 3 + 10 * l
    x, scale, qkv, attended, middle, middle_scale, gate_up = kept
    gate, up = torch.chunk(gate_up, 2, -1)
    opened = torch.silu(gate)
    da = self.linear_backward(self.compute(dy), opened * up, w + 5)
    dgate_up = torch.cat([torch.silu_backward(up * da, gate), torch.mul_(da, opened)], -1)
    dnormed = self.linear_backward(dgate_up, self.norm(middle, middle_scale, w + 3), w + 4)
    dmiddle = dy + self.norm_backward(dnormed, middle, middle_scale, w + 3)
    self.bias_backward(dmiddle, w + 7)
    dattended = self.linear_backward(self.compute(dmiddle), attended, w + 2)
    dqkv = self.attention_backward(dattended, qkv, places)
    dnormed = self.queries_keys_values_backward(dqkv, x, scale, turns, w)
    return dmiddle + self.norm_backward(dnormed, x, scale, w)

  # ids and positions [N] (rows of rotary) -> the last layer's output, [N, D]. kept stays empty unless keep.
  def decoder(self: __torch__.Llama, ids: Tensor, positions: Tensor, batch: List[Tensor], kept: List[Tensor],
              keep: bool) -> Tensor:
    places = self.layer_places(batch)
    turns = self.turns(positions)
    x = self.embed(ids)
    for l in range(self.layers):
      of_layer = [x]
      x = self.layer(l, x, turns, places[l], of_layer)
      if keep:
        kept += torch.slice(of_layer, 0, self.kept_of_a_layer())
    if keep:
      kept += [x]
    return x

  def embed(self: __torch__.Llama, ids: Tensor) -> Tensor:
    return torch.to(torch.embedding(self.weights[0], ids), 6)

  # Where the rest is computed again, a layer's input alone.
  def kept_of_a_layer(self: __torch__.Llama) -> int:
    if self.recompute:
      count = 1
    else:
      count = 7
    return count

  # drows [R, D] is the gradient at the last norm's output, rows [R] say of which tokens; x is the last of kept.
  # Takes kept to pieces as it goes, so that memory falls. selected, unless empty, names the tokens still needed:
  # everything else given here is of those alone.
  def decoder_backward(self: __torch__.Llama, drows: Tensor, rows: Tensor, ids: Tensor, positions: Tensor,
                       batch: List[Tensor], selected: Tensor, x: Tensor, kept: List[Tensor]) -> None:
    places = self.layer_places(batch)
    turns = self.turns(positions)
    of_rows = torch.index_select(x, 0, rows)
    dx = torch.zeros_like(x)
    torch.index_add_(dx, 0, rows, self.norm_backward(drows, of_rows, self.norm_scale(of_rows), 1))
    for i in range(self.layers):
      l = self.layers - 1 - i
      of_layer = annotate(List[Tensor], [])
      for j in range(self.kept_of_a_layer()):
        one = kept.pop()
        if torch.size(selected, 0) > 0:
          one = torch.index_select(one, 0, selected)
        of_layer += [one]
      if self.recompute:
        again = self.layer(l, of_layer[0], turns, places[l], of_layer)
      else:
        of_layer.reverse()
      dx = self.layer_backward(l, dx, turns, places[l], of_layer)
    if torch.len(self.gradients) > 0:
      # transformers gives the padding token's input no gradient; where it is the end token too, that shows.
      dx = torch.masked_fill(dx, torch.unsqueeze(torch.eq(ids, self.padding_id), 1), 0.)
      torch.index_add_(self.gradients[0], 0, ids, dx)
    return None

  # ---------------------------------------------------------------------------------------------- heads

  # Rows of x [N, D] after the last norm, [R, D].
  def normed_rows(self: __torch__.Llama, x: Tensor, rows: Tensor) -> Tensor:
    of_rows = torch.index_select(x, 0, rows)
    return self.norm(of_rows, self.norm_scale(of_rows), 1)

  # Rows of logits that take about this many MiB. Logits of a large vocabulary are made some at a time and never kept.
  def logit_rows(self: __torch__.Llama, mebibytes: int, of_a_logit: int) -> int:
    return 1 + mebibytes * 1048576 // (of_a_logit * torch.size(self.weights[2], 0))

  # Logits at a temperature, [.., V]; at another than 1 in fp32.
  def tempered(self: __torch__.Llama, logits: Tensor, temperature: float) -> Tensor:
    if temperature != 1.:
      logits = torch.to(logits, 6) / temperature
    return logits

  # The distribution q of another model at a chunk's rows, from on: log q [rows, V]. reference holds that model's normed
  # rows [R, D'] and its head, as products like it. Without another model an empty tensor a piece of few rows.
  def reference_log_probs(self: __torch__.Llama, reference: List[Tensor], at: int, rows: int, few: int,
                          temperature: float) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    if torch.len(reference) > 0:
      logits = __torch__.products.linear(torch.slice(reference[0], 0, at, at + rows), reference[1])
      for part in torch.split(logits, few):
        result += [torch.log_softmax(self.tempered(part, temperature), -1, dtype=6)]
    return result

  # For each row log p(targets), targets [R, C] being C tokens; then, if wanted, the entropy of p; then, with a
  # reference, KL(q || p): [R, C .. C + 2]. Products like many rows; what follows likes those few that stay in the cache.
  def head(self: __torch__.Llama, normed: Tensor, targets: Tensor, temperature: float, entropy: bool,
           reference: List[Tensor]) -> Tensor:
    result = annotate(List[Tensor], [])
    rows = self.logit_rows(24, torch.element_size(normed))
    few = self.logit_rows(4, 4)
    at = 0
    for y, target in zip(torch.split(normed, rows), torch.split(targets, rows)):
      log_q = self.reference_log_probs(reference, at, torch.size(y, 0), few, temperature)
      at = at + torch.size(y, 0)
      i = 0
      for logits, few_targets in zip(torch.split(self.linear(y, 2), few), torch.split(target, few)):
        log_p = torch.log_softmax(self.tempered(logits, temperature), -1, dtype=6)
        result_of_few = torch.gather(log_p, 1, few_targets)
        if entropy:
          result_of_few = torch.cat([result_of_few, torch.neg(torch.sum(torch.exp(log_p) * log_p, [-1], True))], 1)
        if torch.len(log_q) > 0:
          kl = torch.sum(torch.exp(log_q[i]) * (log_q[i] - log_p), [-1], True)
          result_of_few = torch.cat([result_of_few, kl], 1)
        i = i + 1
        result += [result_of_few]
    return torch.cat(result)

  # d log p(target) / d logits = onehot(target) - p, so the loss's is slope * (onehot - p). The slope goes where rows are
  # narrow: to the rows y that the gradient of the head's weights takes, and to the rows' own gradient. The difference is
  # taken in fp32, as 1 - p would have no digits left in bf16, and takes the logits' place. slopes [R, 1].
  def head_backward(self: __torch__.Llama, normed: Tensor, targets: Tensor, slopes: Tensor,
                    temperature: float) -> Tensor:
    result = annotate(List[Tensor], [])
    rows = self.logit_rows(24, torch.element_size(normed))
    few = self.logit_rows(4, 4)
    for y, target, slope in zip(torch.split(normed, rows), torch.split(targets, rows),
                                torch.split(slopes * (-1. / temperature), rows)):
      logits = self.linear(y, 2)
      for part, few_targets in zip(torch.split(logits, few), torch.split(target, few)):
        tempered = self.tempered(part, temperature)
        minus_one = torch.full_like(few_targets, -1, dtype=6)
        if ops.prim.dtype(part) == 6:
          torch.softmax(tempered, -1, dtype=6, out=part)
          torch.scatter_add_(part, 1, few_targets, minus_one)
        else:
          p = torch.softmax(tempered, -1, dtype=6)
          torch.scatter_add_(p, 1, few_targets, minus_one)
          torch.copy_(part, p)
      result += [self.linear_backward(logits, self.compute(y * slope), 2) * slope]
    return torch.cat(result)

  # Likewise of a loss of several of head's terms: slopes [R, 3] of log p(target), of the entropy H and of the KL.
  # dH / d logit_v = -p_v (log p_v + H), dKL(q || p) / d logits = p - q.
  def terms_backward(self: __torch__.Llama, normed: Tensor, targets: Tensor, slopes: Tensor, temperature: float,
                     reference: List[Tensor]) -> Tensor:
    result = annotate(List[Tensor], [])
    rows = self.logit_rows(24, torch.element_size(normed))
    few = self.logit_rows(4, 4)
    at = 0
    for y, target, slope in zip(torch.split(normed, rows), torch.split(targets, rows),
                                torch.split(slopes / temperature, rows)):
      log_q = self.reference_log_probs(reference, at, torch.size(y, 0), few, temperature)
      at = at + torch.size(y, 0)
      i = 0
      logits = self.linear(y, 2)
      for part, few_targets, few_slopes in zip(torch.split(logits, few), torch.split(target, few),
                                               torch.split(slope, few)):
        of_log_prob, of_entropy, of_kl = torch.split(few_slopes, 1, 1)
        log_p = torch.log_softmax(self.tempered(part, temperature), -1, dtype=6)
        p = torch.exp(log_p)
        entropy = torch.neg(torch.sum(p * log_p, [-1], True))
        d = p * (of_kl - of_log_prob - of_entropy * (log_p + entropy))
        torch.scatter_add_(d, 1, few_targets, of_log_prob)
        if torch.len(log_q) > 0:
          torch.sub_(d, torch.exp(log_q[i]) * of_kl)
        i = i + 1
        torch.copy_(part, d)
      result += [self.linear_backward(logits, y, 2)]
    return torch.cat(result)

  # ---------------------------------------------------------------------------------------------- entry points

  # What head gives for targets [R, C] at rows [R] and, if keep, what the backward pass needs.
  def log_probs(self: __torch__.Llama, ids: Tensor, positions: Tensor, batch: List[Tensor], rows: Tensor,
                targets: Tensor, temperature: float, entropy: bool, reference: List[Tensor],
                keep: bool) -> Tuple[Tensor, List[Tensor]]:
    kept = annotate(List[Tensor], [])
    x = self.decoder(ids, positions, batch, kept, keep)
    return (self.head(self.normed_rows(x, rows), targets, temperature, entropy, reference), kept)

  # Adds the gradient of the sum over rows of slope times what it is of; targets [R, 1], slopes [R, 1] of log p(target)
  # alone, or [R, 3] as terms_backward has them. reference_rows [R] says which of the reference's rows are meant.
  def log_probs_backward(self: __torch__.Llama, ids: Tensor, positions: Tensor, batch: List[Tensor], rows: Tensor,
                         targets: Tensor, slopes: Tensor, temperature: float, reference: List[Tensor],
                         reference_rows: Tensor, selected: Tensor, kept: List[Tensor]) -> None:
    x = kept.pop()
    if torch.size(selected, 0) > 0:
      x = torch.index_select(x, 0, selected)
    if torch.size(slopes, 1) == 1:
      drows = self.head_backward(self.normed_rows(x, rows), targets, slopes, temperature)
    else:
      of_rows = annotate(List[Tensor], [])
      if torch.len(reference) > 0:
        of_rows = [torch.index_select(reference[0], 0, reference_rows), reference[1]]
      drows = self.terms_backward(self.normed_rows(x, rows), targets, slopes, temperature, of_rows)
    self.decoder_backward(drows, rows, ids, positions, batch, selected, x, kept)
    return None

  # What another model's head needs as its reference: the normed rows [R, D] and the head.
  def reference(self: __torch__.Llama, ids: Tensor, positions: Tensor, batch: List[Tensor],
                rows: Tensor) -> List[Tensor]:
    kept = annotate(List[Tensor], [])
    x = self.decoder(ids, positions, batch, kept, False)
    return [self.normed_rows(x, rows), self.packed[2]]

  # The scores of L labels [R, L] at rows [R] and, if keep, what the backward pass needs.
  def scores(self: __torch__.Llama, ids: Tensor, positions: Tensor, batch: List[Tensor], rows: Tensor,
             keep: bool) -> Tuple[Tensor, List[Tensor]]:
    kept = annotate(List[Tensor], [])
    x = self.decoder(ids, positions, batch, kept, keep)
    normed = self.normed_rows(x, rows)
    y = torch.linear(torch.to(normed, 6), torch.to(self.weights[2], 6))
    return (self.adapt_(y, normed, 2), kept)

  # Adds the gradient of sum over rows and labels of row_weights * score; row_weights [R, L].
  def scores_backward(self: __torch__.Llama, ids: Tensor, positions: Tensor, batch: List[Tensor], rows: Tensor,
                      row_weights: Tensor, selected: Tensor, kept: List[Tensor]) -> None:
    x = kept.pop()
    if torch.size(selected, 0) > 0:
      x = torch.index_select(x, 0, selected)
    drows = self.linear_backward(self.compute(row_weights), self.normed_rows(x, rows), 2)
    self.decoder_backward(drows, rows, ids, positions, batch, selected, x, kept)
    return None

  # ---------------------------------------------------------------------------------------------- generation

  # cache: of each layer keys and values, [2, slots * K, positions, W].
  def open_cache(self: __torch__.Llama, slots: int, positions: int) -> None:
    device = ops.prim.device(self.weights[0])
    self.cache = annotate(List[Tensor], [])
    for l in range(self.layers):
      size = [2, slots * self.key_value_heads, positions, self.head_width]
      self.cache += [torch.zeros(size, dtype=self.compute_type, device=device)]
    return None

  def close_cache(self: __torch__.Llama) -> None:
    self.cache = annotate(List[Tensor], [])
    return None

  # Rows of a layer's cache seen as [2 * slots * K * positions, W]: for keys, then for values, for each slot each
  # key-value head, [2 len(slots) K].
  def cache_rows(self: __torch__.Llama, slots: Tensor, positions: Tensor) -> Tensor:
    head = torch.arange(self.key_value_heads, dtype=4, device=ops.prim.device(slots))
    longest = torch.size(self.cache[0], 2)
    row = (torch.unsqueeze(slots * self.key_value_heads, 1) + head) * longest + torch.unsqueeze(positions, 1)
    return torch.reshape(torch.stack([row, row + torch.size(self.cache[0], 1) * longest]), [-1])

  # Keys and values of qkv [B, H + 2 K, W] go to these rows of a layer's cache.
  def remember(self: __torch__.Llama, l: int, qkv: Tensor, rows: Tensor) -> None:
    new = torch.view(torch.slice(qkv, 1, self.heads), [-1, 2, self.key_value_heads, self.head_width])
    new = torch.reshape(torch.transpose(new, 0, 1), [-1, self.head_width])
    torch.index_copy_(torch.view(self.cache[l], [-1, self.head_width]), 0, rows, new)
    return None

  # Leaves of probabilities [B, V] the top_k largest (0: all) and of those the fewest that make up top_p (1: all); the
  # others become 0. Tokens as probable as the last one kept are kept too.
  def truncate(self: __torch__.Llama, p: Tensor, top_k: int, top_p: float) -> Tensor:
    vocabulary = torch.size(p, 1)
    n = min(top_k, vocabulary)
    if top_k == 0:
      # Few tokens make up most of p, and looking for more later costs less than sorting all of them at every step.
      # Asking whether they do would make a GPU wait: it sorts them all.
      n = vocabulary
      if ops.prim.device(p).type == "cpu":
        n = min(512, vocabulary)
    largest = torch.topk(p, n)[0]
    if top_k > 0:
      p = torch.masked_fill(p, torch.lt(p, torch.slice(largest, 1, -1)), 0.)
    if top_p < 1.:
      wanted = torch.sum(p, [-1], True) * top_p
      heaped = torch.cumsum(largest, -1)
      while top_k == 0 and n < vocabulary and bool(torch.any(torch.lt(torch.slice(heaped, 1, -1), wanted))):
        n = min(8 * n, vocabulary)
        largest = torch.topk(p, n)[0]
        heaped = torch.cumsum(largest, -1)
      # A token is kept if those before it do not suffice, so the first one always is.
      kept = torch.sum(torch.lt(heaped - largest, wanted), [-1], True)
      p = torch.masked_fill(p, torch.lt(p, torch.gather(largest, 1, torch.clamp_min(kept - 1, 0))), 0.)
    return p

  # Token drawn from softmax(logits / temperature), truncated, by the inverse of its distribution function at uniforms
  # [B]; the most probable one at temperature 0. Its log-probability is of the temperature (of 1, if that is 0) and
  # nothing truncated.
  def draw(self: __torch__.Llama, logits: Tensor, uniforms: Tensor, temperature: float, top_k: int,
           top_p: float) -> Tuple[Tensor, Tensor]:
    if temperature == 0.:
      drawn = torch.argmax(logits, -1, True)
      log_prob = torch.gather(logits, 1, drawn) - torch.logsumexp(logits, [-1], True)
    else:
      whole = torch.softmax(self.tempered(logits, temperature), -1)
      p = whole
      if top_k > 0 or top_p < 1.:
        p = self.truncate(p, top_k, top_p)
      heaped = torch.cumsum(p, -1)
      total = torch.contiguous(torch.slice(heaped, 1, -1))
      at = torch.searchsorted(heaped, torch.unsqueeze(uniforms, 1) * total, right=True)
      # Rounding may reach the total: then the last token whose probability is not zero.
      drawn = torch.minimum(at, torch.searchsorted(heaped, total))
      log_prob = torch.log(torch.gather(whole, 1, drawn))
    return (torch.squeeze(drawn, 1), torch.squeeze(log_prob, 1))

  # Runs new prompts and draws the first token of each of their samples. source [3, M] says of a packed token the slot
  # that needs it and the token's position; rows [P] are the prompts' last tokens, sample_prompts [B] says which prompt
  # a sample is of.
  def prefill(self: __torch__.Llama, ids: Tensor, positions: Tensor, batch: List[Tensor], rows: Tensor, source: Tensor,
              sample_prompts: Tensor, uniforms: Tensor, temperature: float, top_k: int,
              top_p: float) -> Tuple[Tensor, Tensor]:
    places = self.layer_places(batch)
    turns = self.turns(positions)
    token = source[0]
    to = self.cache_rows(source[1], source[2])
    x = self.embed(ids)
    for l in range(self.layers):
      kept = annotate(List[Tensor], [])
      x = self.layer(l, x, turns, places[l], kept)
      self.remember(l, torch.index_select(kept[1], 0, token), to)
    logits = torch.to(self.linear(self.normed_rows(x, rows), 2), 6)
    return self.draw(torch.index_select(logits, 0, sample_prompts), uniforms, temperature, top_k, top_p)

  # One more token of the sequences in slots 0 to B - 1. inputs [2, B]: last token, its position; longest is more
  # than the largest position. The queries that share a key-value head are the rows of one product.
  def decode(self: __torch__.Llama, inputs: Tensor, uniforms: Tensor, longest: int, temperature: float, top_k: int,
             top_p: float) -> Tuple[Tensor, Tensor]:
    positions = inputs[1]
    b = torch.size(inputs, 1)
    device = ops.prim.device(inputs)
    to = self.cache_rows(torch.arange(b, dtype=4, device=device), positions)
    end = torch.reshape(positions + 1, [b, 1, 1, 1])
    added = [self.mask(longest, end, 0)]
    if self.window > 0:
      added += [self.mask(longest, end, self.window)]
    live = b * self.key_value_heads
    turns = self.turns(positions)
    x = self.embed(inputs[0])
    for l in range(self.layers):
      w = 3 + 10 * l
      qkv = self.queries_keys_values(x, self.norm_scale(x), turns, w)
      self.remember(l, qkv, to)
      k, v = torch.unbind(torch.slice(torch.slice(self.cache[l], 1, 0, live), 2, 0, longest))
      q = torch.reshape(torch.slice(qkv, 1, 0, self.heads), [live, -1, self.head_width])
      weights = self.compute(self.attention_weights(q, k, added[int(self.windowed[l])]))
      attended = torch.view(torch.bmm(weights, v), [b, -1])
      middle = self.add_bias_(self.add_linear(x, attended, w + 2), w + 7)
      gate_up = self.linear(self.norm(middle, self.norm_scale(middle), w + 3), w + 4)
      x = self.feed_forward(middle, gate_up, w)
    logits = torch.to(self.linear(self.norm(x, self.norm_scale(x), 1), 2), 6)
    return self.draw(logits, uniforms, temperature, top_k, top_p)

  # A slot's keys and values go to another slot: moves [2, M], from and to.
  def move_slots(self: __torch__.Llama, moves: Tensor, longest: int) -> None:
    for l in range(self.layers):
      for i in range(2):
        size = [-1, self.key_value_heads, torch.size(self.cache[l], 2), self.head_width]
        slots = torch.slice(torch.view(self.cache[l][i], size), 2, 0, longest)
        torch.index_put_(slots, [moves[1]], torch.index_select(slots, 0, moves[0]))
    return None

  # ---------------------------------------------------------------------------------------------- optimizer

  # A row as pieces that stay in the cache, each in a list of its own, as adamw takes them.
  def pieces(self: __torch__.Llama, row: Tensor) -> List[List[Tensor]]:
    result = annotate(List[List[Tensor]], [])
    for piece in torch.split(row, 1048576):
      result += [[piece]]
    return result

  # Clips the gradient by its global norm, as torch.nn.utils.clip_grad_norm_ does, takes one AdamW step and clears the
  # gradient. If the norm is not finite nothing but the clearing happens. Returns the norm before clipping, and the norm
  # of what the step has added to the weights: from the moments, the rate having the first one's bias correction in it.
  # Rows in pieces, so that a piece is cleared and measured while it is in the cache; they are made by pieces, since the
  # kernel takes lists, and drops what it does to a list that is made here.
  def adamw(self: __torch__.Llama, row: List[List[Tensor]], gradient: List[List[Tensor]], first: List[List[Tensor]],
            second: List[List[Tensor]], steps: List[Tensor], clip: float, rate: float, beta1: float,
            beta2: float, epsilon: float, decay: float) -> Tuple[float, float]:
    # A norm of norms, as one sum over everything would lose digits. The tied head is the embedding once more.
    parts = self.gradients[:2] + self.gradients[3:]
    if torch.len(self.gradients) > 0:
      if torch.storage_offset(self.gradients[2]) != torch.storage_offset(self.gradients[0]):
        parts += [self.gradients[2]]
    for w in range(torch.len(self.adapter_gradients)):
      parts += self.adapter_gradients[w]
    norm = float(torch.linalg_vector_norm(torch.stack(torch._foreach_norm(parts))))
    if norm - norm != 0.:
      for piece in gradient:
        torch.zero_(piece[0])
      return (norm, 0.)
    # The kernel divides the gradient by this.
    excess = torch.full([], max(1., (norm + 0.000001) / clip), dtype=6, device=ops.prim.device(row[0][0]))
    torch.add_(steps[0], 1)
    step = float(steps[0])
    correction = (1. - beta2 ** step) ** 0.5
    scale = rate * correction / (1. - beta1 ** step)
    # The weights were (w + change) / (1 - rate * decay) before, and lost rate * decay times that, too.
    lost = rate * decay / (1. - rate * decay)
    changes = annotate(List[Tensor], [])
    for i in range(torch.len(row)):
      torch._fused_adamw_(row[i], gradient[i], first[i], second[i], annotate(List[Tensor], []), steps, lr=rate,
                          beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False,
                          grad_scale=excess)
      torch.zero_(gradient[i][0])
      change = torch.add_(torch.sqrt(second[i][0]), epsilon * correction)
      torch.div(first[i][0], change, out=change)
      if lost > 0.:
        torch.mul_(change, scale * (1. + lost))
        torch.add_(change, row[i][0], alpha=lost)
      changes += [torch.linalg_vector_norm(change)]
    update = float(torch.linalg_vector_norm(torch.stack(changes)))
    return (norm, update if lost > 0. else update * scale)

  # Products [n, n] of n rows with each other, in fp64, some of their floats at a time.
  def products(self: __torch__.Llama, rows: List[Tensor]) -> Tensor:
    device = ops.prim.device(rows[0])
    total = torch.zeros([torch.len(rows), torch.len(rows)], dtype=7, device=device)
    size = torch.size(rows[0], 0)
    for i in range((size + 1048575) // 1048576):
      parts = annotate(List[Tensor], [])
      for row in rows:
        parts += [torch.slice(row, 0, i * 1048576, min(size, (i + 1) * 1048576))]
      wide = torch.to(torch.stack(parts), 7)
      torch.add_(total, torch.mm(wide, torch.t(wide)))
    return total

  # The first row becomes the sum of factors [1] times rows, the others zero.
  def mix(self: __torch__.Llama, rows: List[Tensor], factors: List[Tensor]) -> None:
    torch.mul_(rows[0], factors[0])
    for i in range(1, torch.len(rows)):
      torch.addcmul_(rows[0], rows[i], factors[i])
      torch.zero_(rows[i])
    return None

  # ---------------------------------------------------------------------------------------------- measuring

  # So many rows through the first layer's gate and up, again and again: 4 rows D F times operations. Returns a number
  # made of the outputs, so that a graphics processor is done, too, when this returns.
  def multiply(self: __torch__.Llama, rows: int, times: int) -> float:
    w = 7
    size = [rows, torch.size(self.weights[w], 1)]
    x = self.compute(torch.ones(size, dtype=6, device=ops.prim.device(self.weights[0])))
    total = x[0][0]
    for i in range(times):
      # The interpreter drops a product that nobody needs and makes one of several that are the same: each is needed, for
      # the total, and x is written to before each.
      torch.mul_(torch.slice(x, 0, 0, 1), 1.)
      total = total + __torch__.products.linear(x, self.packed[w])[0][0]
    return float(total)

  # ---------------------------------------------------------------------------------------------- memory

  # Floats [n] written to, or read from, a row of them at an offset.
  def write(self: __torch__.Llama, row: Tensor, at: int, values: Tensor) -> None:
    torch.copy_(torch.slice(row, 0, at, at + torch.size(values, 0)), values)
    return None

  def read(self: __torch__.Llama, row: Tensor, at: int, n: int) -> Tensor:
    return torch.to(torch.slice(row, 0, at, at + n), 6, False, True)

  # A row of zeros of a type.
  def row(self: __torch__.Llama, size: int, type: int, like: Tensor) -> Tensor:
    return torch.zeros([size], dtype=type, device=ops.prim.device(like))

  def clear(self: __torch__.Llama, row: Tensor) -> None:
    torch.zero_(row)
    return None
