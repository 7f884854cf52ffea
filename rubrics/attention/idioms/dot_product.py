# %% einsum
import torch

def dot_product_attention(query, keys, values):
    scores = torch.einsum("bd,bsd->bs", query, keys)
    attention_weights = torch.softmax(scores, dim=1)
    attention_output = torch.einsum("bs,bsd->bd", attention_weights, values)
    return attention_output, attention_weights

# %% loops_over_batch
import torch
import torch.nn.functional as F

def dot_product_attention(query, keys, values):
    """
    Implement dot-product attention mechanism.
    """
    outputs = []
    weights = []
    for b in range(query.size(0)):
        # (seq, hidden) @ (hidden,) -> (seq,)
        s = keys[b] @ query[b]
        w = F.softmax(s, dim=0)
        outputs.append(w @ values[b])
        weights.append(w)
    return torch.stack(outputs), torch.stack(weights)

# %% double_loop_torch_dot
import torch
import torch.nn.functional as F

def dot_product_attention(query, keys, values):
    batch_size, seq_len, hidden_dim = keys.shape

    # one score at a time
    rows = []
    for b in range(batch_size):
        row = []
        for t in range(seq_len):
            row.append(torch.dot(query[b], keys[b, t]))
        rows.append(torch.stack(row))
    scores = torch.stack(rows)

    attention_weights = F.softmax(scores, dim=-1)

    # add up the weighted values one position at a time
    attention_output = torch.zeros_like(query)
    for t in range(seq_len):
        attention_output = attention_output + attention_weights[:, t:t + 1] * values[:, t, :]

    return attention_output, attention_weights

# %% broadcasting_sum
def dot_product_attention(query, keys, values):
    scores = (query[:, None, :] * keys).sum(-1)
    attention_weights = scores.softmax(-1)
    attention_output = (attention_weights[..., None] * values).sum(1)
    return attention_output, attention_weights

# %% manual_softmax_minus_max
import torch

def dot_product_attention(query, keys, values):
    q = query.unsqueeze(1)
    k_t = keys.permute(0, 2, 1)
    scores = torch.bmm(q, k_t)                                  # (batch, 1, seq)
    # subtract the maximum so that exp does not overflow
    biggest = scores.max(dim=-1, keepdim=True).values
    e = torch.exp(scores - biggest)
    weights = e / e.sum(dim=-1, keepdim=True)
    out = torch.bmm(weights, values)
    return out.squeeze(1), weights.squeeze(1)

# %% matmul_keys_times_query_column
import torch
import torch.nn.functional as F

def dot_product_attention(query, keys, values):
    # Step 1: (batch, seq, hidden) x (batch, hidden, 1) -> (batch, seq, 1)
    scores = torch.matmul(keys, query.unsqueeze(-1))
    # Step 2: softmax over the sequence
    w = F.softmax(scores, dim=1)
    # Step 3: (batch, hidden, seq) x (batch, seq, 1)
    attention_output = torch.matmul(values.mT, w)[:, :, 0]
    attention_weights = w[:, :, 0]
    return attention_output, attention_weights

# %% torch_sdpa
import torch
import torch.nn.functional as F

def dot_product_attention(query, keys, values):
    q = query.unsqueeze(1)
    attention_weights = F.softmax((q @ keys.transpose(-2, -1)).squeeze(1), dim=-1)
    # scale=1.0 because this exercise has no scaling
    attention_output = F.scaled_dot_product_attention(q, keys, values, scale=1.0).squeeze(1)
    return attention_output, attention_weights

# %% log_softmax_exp
import torch
import torch.nn.functional as F

def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))
    log_weights = F.log_softmax(scores, dim=2)
    attention_weights = log_weights.exp()
    attention_output = torch.bmm(attention_weights, values)
    return attention_output[:, 0], attention_weights[:, 0]

# %% named_tuple
from collections import namedtuple
import torch
import torch.nn.functional as F

AttentionResult = namedtuple("AttentionResult", ["attention_output", "attention_weights"])

def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return AttentionResult(attention_output=attention_output, attention_weights=attention_weights)

# %% returns_list
import torch

def dot_product_attention(query, keys, values):
    w = torch.softmax((keys @ query.unsqueeze(2)).squeeze(2), -1)
    return [(w.unsqueeze(1) @ values).squeeze(1), w]

# %% vmap_single_example
import torch

def dot_product_attention(query, keys, values):
    def one(q, k, v):
        w = torch.softmax(k @ q, dim=0)
        return w @ v, w
    return torch.vmap(one)(query, keys, values)

# %% baddbmm
import torch
import torch.nn.functional as F

def dot_product_attention(query, keys, values):
    b, s, d = keys.shape
    start = torch.zeros(b, 1, s, dtype=query.dtype, device=query.device)
    scores = torch.baddbmm(start, query.view(b, 1, d) if query.is_contiguous() else query.reshape(b, 1, d), keys.transpose(1, 2))
    attention_weights = F.softmax(scores, dim=-1)
    start_out = torch.zeros(b, 1, d, dtype=query.dtype, device=query.device)
    attention_output = torch.baddbmm(start_out, attention_weights, values)
    return attention_output.reshape(b, d), attention_weights.reshape(b, s)

# %% logsumexp
import torch

def dot_product_attention(query, keys, values):
    # softmax(x) = exp(x - logsumexp(x))
    scores = torch.einsum('bh,bth->bt', query, keys)
    attention_weights = torch.exp(scores - torch.logsumexp(scores, dim=1, keepdim=True))
    attention_output = torch.einsum('bt,bth->bh', attention_weights, values)
    return attention_output, attention_weights

# %% nn_softmax_module
import torch
import torch.nn as nn

def dot_product_attention(query, keys, values):
    softmax = nn.Softmax(dim=-1)
    query_3d = query[:, None]
    attention_scores = query_3d.matmul(keys.transpose(-1, -2))
    attention_weights = softmax(attention_scores)
    attention_output = attention_weights.matmul(values)
    attention_output = attention_output.squeeze(dim=1)
    attention_weights = attention_weights.squeeze(dim=1)
    return (attention_output, attention_weights)

# %% preallocated_result_filled_in
import torch
import torch.nn.functional as F

def dot_product_attention(query, keys, values):
    n, seq_len, hidden = keys.shape
    attention_weights = query.new_zeros(n, seq_len)
    attention_output = query.new_zeros(n, hidden)
    for i in range(n):
        q_i = query[i].unsqueeze(0)            # (1, hidden)
        scores_i = torch.mm(q_i, keys[i].t())  # (1, seq)
        w_i = F.softmax(scores_i, dim=1)
        attention_weights[i] = w_i[0]
        attention_output[i] = torch.mm(w_i, values[i])[0]
    return attention_output, attention_weights

# %% softmax_in_float64_nested_helpers
import torch

def dot_product_attention(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    assert query.dim() == 2 and keys.dim() == 3 and values.dim() == 3

    def score(q, k):
        return torch.linalg.vecdot(q.unsqueeze(1), k, dim=-1)

    def normalise(s):
        # work in double, then go back to the type of the input
        return torch.softmax(s, dim=-1, dtype=torch.float64).to(s.dtype)

    def mix(w, v):
        return w.unsqueeze(-2).matmul(v).squeeze(-2)

    attention_weights = normalise(score(query, keys))
    return mix(attention_weights, values), attention_weights
