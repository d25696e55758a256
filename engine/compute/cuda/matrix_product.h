// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cublasLt.h>
#include <cuda_fp16.h>

#include <map>
#include <memory>
#include <tuple>

#include "compute/cuda/device.h"

namespace octavo::cuda {

// y [count][rows] = x [count][columns] · w [rows][columns]ᵀ of halves, summed in float, by cuBLASLt. The way that its heuristics choose for a shape is kept.
// Calls queue. Errors: OutOfDeviceMemory, DeviceFailure.
class MatrixProduct {
public:
    explicit MatrixProduct(Device& device);
    ~MatrixProduct();
    MatrixProduct(const MatrixProduct&) = delete;
    MatrixProduct& operator=(const MatrixProduct&) = delete;

    void multiply(const __half* w, const __half* x, std::size_t rows, std::size_t columns, std::size_t count, __half* y);
    void multiply(const __half* w, const __half* x, std::size_t rows, std::size_t columns, std::size_t count, float* y, bool add);

private:
    struct Plan;                          // of one shape
    using Shape = std::tuple<std::size_t, std::size_t, std::size_t, bool>; // rows, columns, count, whether y is float
    const Plan& plan(const Shape& shape);
    void run(const Shape& shape, const __half* w, const __half* x, void* y, bool add);

    Device& m_device;
    cublasLtHandle_t m_handle = nullptr;
    DeviceArray<std::byte> m_workspace;
    std::map<Shape, std::unique_ptr<Plan>> m_plans;
};

} // namespace octavo::cuda
