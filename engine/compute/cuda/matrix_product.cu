// SPDX-License-Identifier: Apache-2.0
#include "compute/cuda/matrix_product.h"

namespace octavo::cuda {

namespace {

constexpr std::size_t kWorkspaceBytes = 32 << 20; // as NVIDIA asks for on Hopper

void check(cublasStatus_t status, const char* what)
{
    if (status != CUBLAS_STATUS_SUCCESS)
        throw DeviceFailure(std::string("cuBLASLt, ") + what + ": " + cublasLtGetStatusString(status));
}

} // namespace

struct MatrixProduct::Plan {
    cublasLtMatmulDesc_t operation = nullptr;
    cublasLtMatrixLayout_t w = nullptr, x = nullptr, y = nullptr;
    cublasLtMatmulAlgo_t algorithm;

    ~Plan()
    {
        cublasLtMatrixLayoutDestroy(w);
        cublasLtMatrixLayoutDestroy(x);
        cublasLtMatrixLayoutDestroy(y);
        cublasLtMatmulDescDestroy(operation);
    }
};

MatrixProduct::MatrixProduct(Device& device) : m_device(device), m_workspace(device, kWorkspaceBytes) { check(cublasLtCreate(&m_handle), "start"); }
MatrixProduct::~MatrixProduct() { cublasLtDestroy(m_handle); }

const MatrixProduct::Plan& MatrixProduct::plan(const Shape& shape)
{
    std::unique_ptr<Plan>& known = m_plans[shape];
    if (known)
        return *known;
    const auto [rows, columns, count, single] = shape;
    auto made = std::make_unique<Plan>();
    // cuBLAS counts columns first: yᵀ [rows × count] = (wᵀ)ᵀ · xᵀ.
    check(cublasLtMatmulDescCreate(&made->operation, CUBLAS_COMPUTE_32F, CUDA_R_32F), "product");
    const cublasOperation_t transposed = CUBLAS_OP_T;
    check(cublasLtMatmulDescSetAttribute(made->operation, CUBLASLT_MATMUL_DESC_TRANSA, &transposed, sizeof transposed), "product");
    check(cublasLtMatrixLayoutCreate(&made->w, CUDA_R_16F, columns, rows, static_cast<std::int64_t>(columns)), "layout");
    check(cublasLtMatrixLayoutCreate(&made->x, CUDA_R_16F, columns, count, static_cast<std::int64_t>(columns)), "layout");
    check(cublasLtMatrixLayoutCreate(&made->y, single ? CUDA_R_32F : CUDA_R_16F, rows, count, static_cast<std::int64_t>(rows)), "layout");
    cublasLtMatmulPreference_t preference = nullptr;
    check(cublasLtMatmulPreferenceCreate(&preference), "choice");
    const std::size_t workspace = kWorkspaceBytes;
    cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspace, sizeof workspace);
    cublasLtMatmulHeuristicResult_t result;
    int found = 0;
    const cublasStatus_t status
        = cublasLtMatmulAlgoGetHeuristic(m_handle, made->operation, made->w, made->x, made->y, made->y, preference, 1, &result, &found);
    cublasLtMatmulPreferenceDestroy(preference);
    check(status == CUBLAS_STATUS_SUCCESS && found == 0 ? CUBLAS_STATUS_NOT_SUPPORTED : status, "choice");
    made->algorithm = result.algo;
    known = std::move(made);
    return *known;
}

void MatrixProduct::run(const Shape& shape, const __half* w, const __half* x, void* y, bool add)
{
    const Plan& known = plan(shape);
    const float one = 1, keep = add ? 1 : 0;
    check(cublasLtMatmul(m_handle, known.operation, &one, w, known.w, x, known.x, &keep, y, known.y, y, known.y, &known.algorithm, m_workspace.data(),
                         kWorkspaceBytes, m_device.stream()),
          "product");
}

void MatrixProduct::multiply(const __half* w, const __half* x, std::size_t rows, std::size_t columns, std::size_t count, __half* y)
{
    run({rows, columns, count, false}, w, x, y, false);
}

void MatrixProduct::multiply(const __half* w, const __half* x, std::size_t rows, std::size_t columns, std::size_t count, float* y, bool add)
{
    run({rows, columns, count, true}, w, x, y, add);
}

} // namespace octavo::cuda
