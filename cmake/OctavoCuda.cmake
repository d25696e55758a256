# Looks for the CUDA toolkit, 12 or newer. With it OCTAVO_CUDA is on and CMake knows the language; without it everything but the GPU's part is built.
option(OCTAVO_CUDA "Build the CUDA backend where nvcc is found" ON)
if(OCTAVO_CUDA)
    find_package(CUDAToolkit 12 QUIET)
    if(NOT CUDAToolkit_FOUND)
        message(STATUS "No CUDA toolkit: Octavo will compute on the CPU only")
        set(OCTAVO_CUDA OFF)
    else()
        # Machine code for the GPUs there are (90a: Hopper with all it has), and PTX that the driver compiles for those to come.
        if(NOT CMAKE_CUDA_ARCHITECTURES)
            set(CMAKE_CUDA_ARCHITECTURES 80-real 86-real 89-real 90a-real 90-virtual)
        endif()
        set(CMAKE_CUDA_COMPILER "${CUDAToolkit_NVCC_EXECUTABLE}" CACHE FILEPATH "")
        enable_language(CUDA)
        set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20") # CMake 3.25 does not know how the newest nvcc is asked for it
        set(CMAKE_CUDA_STANDARD 20)
        string(APPEND CMAKE_CUDA_FLAGS " -diag-suppress=177")   # each source has all kernels of its headers, and uses some
        if(CCACHE)
            set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE})
        endif()
    endif()
endif()
