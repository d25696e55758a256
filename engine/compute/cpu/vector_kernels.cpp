// SPDX-License-Identifier: Apache-2.0
#include "compute/cpu/kernels.h"

#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compute/cpu/vector_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "hwy/contrib/math/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace octavo::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using F = hn::ScalableTag<float>;
using V = hn::Vec<F>;
using F16 = hn::Rebind<hwy::float16_t, F>;

HWY_INLINE V loadHalf(F d, const Half* p) { return hn::PromoteTo(d, hn::LoadU(F16(), reinterpret_cast<const hwy::float16_t*>(p))); }
HWY_INLINE float total(F d, V v) { return hn::GetLane(hn::SumOfLanes(d, v)); }

void loadHalves(const Half* in, std::size_t count, float* out)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    std::size_t n = 0;
    for (; n + lanes <= count; n += lanes)
        hn::StoreU(loadHalf(d, in + n), d, out + n);
    for (; n < count; ++n)
        out[n] = octavo::toFloat(in[n]);
}

float sumOf(const float* x, std::size_t size)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    V sums = hn::Zero(d);
    std::size_t n = 0;
    for (; n + lanes <= size; n += lanes)
        sums = hn::Add(sums, hn::LoadU(d, x + n));
    float rest = 0;
    for (; n < size; ++n)
        rest += x[n];
    return total(d, sums) + rest;
}

void normalize(const float* x, const float* weight, std::size_t width, float epsilon, float* out)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    V squares = hn::Zero(d);
    std::size_t n = 0;
    for (; n + lanes <= width; n += lanes) {
        const V v = hn::LoadU(d, x + n);
        squares = hn::MulAdd(v, v, squares);
    }
    float square = total(d, squares);
    for (; n < width; ++n)
        square += x[n] * x[n];
    const float factor = 1.0f / std::sqrt(square / static_cast<float>(width) + epsilon);
    const V factors = hn::Set(d, factor);
    for (n = 0; n + lanes <= width; n += lanes)
        hn::StoreU(hn::Mul(hn::Mul(hn::LoadU(d, x + n), factors), hn::LoadU(d, weight + n)), d, out + n);
    for (; n < width; ++n)
        out[n] = x[n] * factor * weight[n];
}

void gateUp(float* gate, const float* up, std::size_t size)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    const V one = hn::Set(d, 1.0f);
    std::size_t n = 0;
    for (; n + lanes <= size; n += lanes) {
        const V g = hn::LoadU(d, gate + n);
        const V silu = hn::Div(g, hn::Add(one, hn::Exp(d, hn::Neg(g))));
        hn::StoreU(hn::Mul(silu, hn::LoadU(d, up + n)), d, gate + n);
    }
    for (; n < size; ++n)
        gate[n] = gate[n] / (1.0f + std::exp(-gate[n])) * up[n];
}

void addScaledTo(const float* x, float factor, std::size_t size, float* sums)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    const V factors = hn::Set(d, factor);
    std::size_t n = 0;
    for (; n + lanes <= size; n += lanes)
        hn::StoreU(hn::MulAdd(hn::LoadU(d, x + n), factors, hn::LoadU(d, sums + n)), d, sums + n);
    for (; n < size; ++n)
        sums[n] += factor * x[n];
}

void scaleBy(float* x, float factor, std::size_t size)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    const V factors = hn::Set(d, factor);
    std::size_t n = 0;
    for (; n + lanes <= size; n += lanes)
        hn::StoreU(hn::Mul(hn::LoadU(d, x + n), factors), d, x + n);
    for (; n < size; ++n)
        x[n] *= factor;
}

float largest(const float* x, std::size_t size)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    V most = hn::Set(d, -std::numeric_limits<float>::infinity());
    std::size_t n = 0;
    for (; n + lanes <= size; n += lanes)
        most = hn::Max(most, hn::LoadU(d, x + n));
    float result = hn::GetLane(hn::MaxOfLanes(d, most));
    for (; n < size; ++n)
        result = x[n] > result ? x[n] : result;
    return result;
}

// e^x for x up to 88, as a softmax needs it: relative error 2e-7 + 1e-7·|x|, exactly 0 from −110 on. Half the work of hn::Exp, which was a twelfth
// of reading. 2^y = 2^n·2^f with y = x·log2 e and |f| ≤ 1/2; the polynomial is the minimax one of its degree (relative error 8e-8, by Remez' algorithm).
HWY_INLINE V softmaxExp(F d, V x)
{
    x = hn::Max(x, hn::Set(d, -110.0f)); // what is masked stands far below
    const V log2e = hn::Set(d, 1.44269504f);
    const V n = hn::Round(hn::Mul(x, log2e));
    const V f = hn::MulSub(x, log2e, n);
    V p = hn::Set(d, 1.3276472e-3f);
    for (const float coefficient : { 9.6755410e-3f, 5.5507131e-2f, 0.24022120f, 0.69314694f, 1.0000001f })
        p = hn::MulAdd(p, f, hn::Set(d, coefficient));
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
    return V{_mm512_scalef_ps(p.raw, n.raw)};
#else
    const hn::RebindToSigned<F> di;
    const auto scaled = hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::ConvertTo(di, n))));
    return hn::IfThenElseZero(hn::Gt(x, hn::Set(d, -87.0f)), scaled);
#endif
}

float exponentials(float* x, float factor, float shift, std::size_t size)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    const V factors = hn::Set(d, factor);
    const V shifts = hn::Set(d, shift);
    V sums = hn::Zero(d);
    std::size_t n = 0;
    for (; n + lanes <= size; n += lanes) {
        const V e = softmaxExp(d, hn::MulSub(hn::LoadU(d, x + n), factors, shifts));
        hn::StoreU(e, d, x + n);
        sums = hn::Add(sums, e);
    }
    float rest = 0;
    for (; n < size; ++n) {
        x[n] = std::exp(x[n] * factor - shift);
        rest += x[n];
    }
    return total(d, sums) + rest;
}

void turnPairs(const float* x, const float* cosines, const float* sines, std::size_t pairs, float* out)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    std::size_t pair = 0;
    for (; pair + lanes <= pairs; pair += lanes) {
        V even, odd;
        hn::LoadInterleaved2(d, x + 2 * pair, even, odd);
        const V cosine = hn::LoadU(d, cosines + pair), sine = hn::LoadU(d, sines + pair);
        hn::StoreInterleaved2(hn::MulSub(even, cosine, hn::Mul(odd, sine)), hn::MulAdd(even, sine, hn::Mul(odd, cosine)), d, out + 2 * pair);
    }
    for (; pair < pairs; ++pair) {
        const float even = x[2 * pair], odd = x[2 * pair + 1];
        out[2 * pair] = even * cosines[pair] - odd * sines[pair];
        out[2 * pair + 1] = even * sines[pair] + odd * cosines[pair];
    }
}

void softmaxTile(float* scores, std::size_t leading, std::size_t rows, std::size_t columns, float* maxima, float* sums, float* rescale)
{
    for (std::size_t row = 0; row < rows; ++row, scores += leading) {
        const float before = maxima[row];
        const float most = largest(scores, columns);
        const float now = most > before ? most : before;
        rescale[row] = now == before ? 1.0f : std::exp(before - now);
        sums[row] = sums[row] * rescale[row] + exponentials(scores, 1.0f, now, columns);
        maxima[row] = now;
    }
}

void dotsOfColumns(const float* q, std::size_t leadingQ, const float* k, std::size_t leadingK, std::size_t width, std::size_t columns, float* scores)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t n = 0; n < columns; n += lanes) {
        V even = hn::Zero(d);
        V odd = hn::Zero(d); // two chains: one would wait for each FMA
        for (std::size_t i = 0; i < width; i += 2) {
            even = hn::MulAdd(hn::LoadU(d, q + i * leadingQ + n), hn::LoadU(d, k + i * leadingK + n), even);
            odd = hn::MulAdd(hn::LoadU(d, q + (i + 1) * leadingQ + n), hn::LoadU(d, k + (i + 1) * leadingK + n), odd);
        }
        hn::StoreU(hn::Add(even, odd), d, scores + n);
    }
}

void softmaxOfColumns(float* scores, std::size_t rows, std::size_t leading, std::size_t columns)
{
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t n = 0; n < columns; n += lanes) {
        V most = hn::LoadU(d, scores + n);
        for (std::size_t row = 1; row < rows; ++row)
            most = hn::Max(most, hn::LoadU(d, scores + row * leading + n));
        V sums = hn::Zero(d);
        for (std::size_t row = 0; row < rows; ++row) {
            const V e = softmaxExp(d, hn::Sub(hn::LoadU(d, scores + row * leading + n), most));
            hn::StoreU(e, d, scores + row * leading + n);
            sums = hn::Add(sums, e);
        }
        const V factor = hn::Div(hn::Set(d, 1.0f), sums);
        for (std::size_t row = 0; row < rows; ++row)
            hn::StoreU(hn::Mul(hn::LoadU(d, scores + row * leading + n), factor), d, scores + row * leading + n);
    }
}

const char* nameOfTarget() { return hwy::TargetName(HWY_TARGET); }

} // namespace octavo::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace octavo::cpu {

HWY_EXPORT(loadHalves);
HWY_EXPORT(sumOf);
HWY_EXPORT(normalize);
HWY_EXPORT(gateUp);
HWY_EXPORT(addScaledTo);
HWY_EXPORT(scaleBy);
HWY_EXPORT(largest);
HWY_EXPORT(exponentials);
HWY_EXPORT(turnPairs);
HWY_EXPORT(softmaxTile);
HWY_EXPORT(dotsOfColumns);
HWY_EXPORT(softmaxOfColumns);
HWY_EXPORT(nameOfTarget);

void toFloats(const Half* in, std::size_t count, float* out) { HWY_DYNAMIC_DISPATCH(loadHalves)(in, count, out); }

void rmsNorm(const float* x, const float* weight, std::size_t width, float epsilon, float* out)
{
    HWY_DYNAMIC_DISPATCH(normalize)(x, weight, width, epsilon, out);
}

void siluMultiply(float* gate, const float* up, std::size_t size) { HWY_DYNAMIC_DISPATCH(gateUp)(gate, up, size); }
void addScaled(const float* x, float factor, std::size_t size, float* sums) { HWY_DYNAMIC_DISPATCH(addScaledTo)(x, factor, size, sums); }
void scale(float* x, float factor, std::size_t size) { HWY_DYNAMIC_DISPATCH(scaleBy)(x, factor, size); }
float sum(const float* x, std::size_t size) { return HWY_DYNAMIC_DISPATCH(sumOf)(x, size); }
float maximum(const float* x, std::size_t size) { return HWY_DYNAMIC_DISPATCH(largest)(x, size); }

float expSum(float* x, float factor, float shift, std::size_t size) { return HWY_DYNAMIC_DISPATCH(exponentials)(x, factor, shift, size); }

void onlineSoftmax(float* scores, std::size_t leading, std::size_t rows, std::size_t columns, float* maxima, float* sums, float* rescale)
{
    HWY_DYNAMIC_DISPATCH(softmaxTile)(scores, leading, rows, columns, maxima, sums, rescale);
}

void rotate(const float* x, const float* cosines, const float* sines, std::size_t pairs, float* out)
{
    HWY_DYNAMIC_DISPATCH(turnPairs)(x, cosines, sines, pairs, out);
}

void columnDots(const float* q, std::size_t leadingQ, const float* k, std::size_t leadingK, std::size_t width, std::size_t columns, float* scores)
{
    HWY_DYNAMIC_DISPATCH(dotsOfColumns)(q, leadingQ, k, leadingK, width, columns, scores);
}

void columnSoftmax(float* scores, std::size_t rows, std::size_t leading, std::size_t columns)
{
    HWY_DYNAMIC_DISPATCH(softmaxOfColumns)(scores, rows, leading, columns);
}

const char* targetName() { return HWY_DYNAMIC_DISPATCH(nameOfTarget)(); }

} // namespace octavo::cpu
#endif
