//! Service (客诉工单): complaints and departments.
